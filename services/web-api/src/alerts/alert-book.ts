import { createHash, randomUUID } from 'node:crypto';
import type { AlertRule, AlertState } from '@utxoiq/model/alert';
import type { AlertTarget } from './alerts-config.ts';

export interface KeptRule {
  readonly id: string;
  readonly rule: AlertRule;
  readonly createdMs: number;
  readonly updatedMs: number;
  readonly silencedUntilMs: number | null;
}

export type AlertEnd =
  | 'recovered'
  | 'no_data'
  | 'unwatched'
  | 'rule_changed'
  | 'rule_disabled'
  | 'rule_deleted';

/** What a target was told last. */
export interface Told {
  readonly isFiring: boolean;
  readonly atMs: number;
}

/** One alert: a rule on one service, or on everything. It outlives its rule until its end has been told. */
export interface KeptAlert {
  readonly id: string;
  readonly ruleId: string;
  /** As it was when it was last evaluated. */
  readonly rule: AlertRule;
  /** Null: one alert over all spans. */
  readonly service: string | null;
  readonly state: AlertState;
  readonly value: number | null;
  readonly count: number;
  /** The worst value since it fires. */
  readonly peak: number | null;
  readonly end: AlertEnd | null;
  readonly told: Readonly<Partial<Record<AlertTarget['name'], Told>>>;
}

/** A time that an alert fired. */
export interface AlertRecord {
  readonly id: string;
  readonly alertId: string;
  readonly ruleId: string;
  readonly rule: AlertRule;
  readonly service: string | null;
  readonly firedMs: number;
  readonly endedMs: number | null;
  readonly end: AlertEnd | null;
  /** The value it fired with, and the worst one. */
  readonly value: number | null;
  readonly peak: number | null;
}

/** Everything that alerts know and that survives a restart. */
export interface AlertBook {
  readonly rules: Map<string, KeptRule>;
  readonly alerts: Map<string, KeptAlert>;
  /** Newest first. */
  readonly history: AlertRecord[];
}

export const MAX_RULES = 200;
export const MAX_HISTORY = 1000;

/** The same for a rule and a service at all times: receivers can recognise an alert by it. */
export function alertIdOf(ruleId: string, service: string | null): string {
  return createHash('sha256')
    .update(`${ruleId}\n${service ?? ''}`)
    .digest('hex')
    .slice(0, 24);
}

export function bookOf(rules: readonly AlertRule[], nowMs: number): AlertBook {
  const kept = rules.map((rule) => newRule(rule, nowMs));
  return { rules: new Map(kept.map((one) => [one.id, one])), alerts: new Map(), history: [] };
}

export const newRule = (rule: AlertRule, nowMs: number): KeptRule => ({
  id: randomUUID(),
  rule,
  createdMs: nowMs,
  updatedMs: nowMs,
  silencedUntilMs: null,
});

export const isSilenced = ({ silencedUntilMs }: KeptRule, nowMs: number): boolean =>
  silencedUntilMs !== null && silencedUntilMs > nowMs;

/** Writes down that an alert began or ceased to fire. */
export function recordChange(book: AlertBook, before: KeptAlert | undefined, after: KeptAlert): void {
  const wasFiring = before?.state.status === 'firing';
  const isFiring = after.state.status === 'firing';
  const { id: alertId, ruleId, rule, service, value, peak, end, state } = after;
  if (isFiring && !wasFiring) {
    const fired = { firedMs: state.sinceMs, endedMs: null, end: null, value, peak };
    book.history.unshift({ id: randomUUID(), alertId, ruleId, rule, service, ...fired });
    book.history.length = Math.min(book.history.length, MAX_HISTORY);
    return;
  }
  if (!wasFiring) return;
  const index = book.history.findIndex((one) => one.alertId === alertId && one.endedMs === null);
  const open = book.history[index];
  if (open === undefined) return;
  book.history[index] = isFiring
    ? { ...open, peak }
    : { ...open, endedMs: state.sinceMs, end, peak: before?.peak ?? open.peak };
}
