import {
  type AlertObservation,
  type AlertRule,
  type AlertStatus,
  MAX_ALERT_GAP_MS,
  nextAlertState,
  observeAlert,
  quietAlertState,
} from '@utxoiq/model/alert';
import {
  type AlertBook,
  type AlertEnd,
  alertIdOf,
  type KeptAlert,
  type KeptRule,
  recordChange,
} from './alert-book.ts';
import type { Watched } from './watch-rule.ts';

/** Minutes whose values are shown beside an alert. */
export const SHOWN_MINUTES = 60;
const FORGET_AFTER_MS = 24 * 3_600_000;

export interface Observed {
  /** The minute that ends the window. */
  readonly last: number;
  /** Spans sent before may have been refused: this program was not there to take them. */
  readonly listeningSinceMs: number;
}

/** An alert before and after a round; `before` undefined: it is new. */
export interface AlertChange {
  readonly before: KeptAlert | undefined;
  readonly after: KeptAlert;
}

/** Carries what was watched into the book. Returns what changed, and the last hour's values by alert. */
export function observeRule(
  book: AlertBook,
  { id: ruleId, rule }: KeptRule,
  { subjects }: Watched,
  { last, listeningSinceMs }: Observed,
): {
  readonly changes: readonly AlertChange[];
  readonly values: ReadonlyMap<string, readonly (number | null)[]>;
} {
  const changes: AlertChange[] = [];
  const values = new Map<string, readonly (number | null)[]>();
  const known = [...book.alerts.values()].filter((one) => one.ruleId === ruleId);
  const services = new Set([...subjects.keys(), ...known.map(({ service }) => service)]);
  for (const service of services) {
    const id = alertIdOf(ruleId, service);
    const before = book.alerts.get(id);
    const seen = observeAlert(rule, subjects.get(service) ?? [], { first: last - SHOWN_MINUTES + 1, last });
    let alert = before;
    for (const one of seen.slice(-newMinutes(before, last))) {
      const after = alertAfter(alert, { id, ruleId, rule, service }, one, listeningSinceMs);
      if (after === null) continue;
      book.alerts.set(id, after);
      recordChange(book, alert, after);
      if (alert?.state.status !== after.state.status) changes.push({ before: alert, after });
      alert = after;
    }
    if (alert === undefined) continue;
    values.set(
      id,
      seen.map(({ value }) => value),
    );
  }
  return { changes, values };
}

/** Every minute counts, also where a round took longer than one; past a gap only the newest, as after a start. */
function newMinutes(before: KeptAlert | undefined, last: number): number {
  const passed = before === undefined ? 1 : last - before.state.observedMs / 60_000;
  return passed >= 1 && passed <= MAX_ALERT_GAP_MS / 60_000 ? passed : 1;
}

/** Null: nothing that anybody wants to know of. */
function alertAfter(
  before: KeptAlert | undefined,
  who: Pick<KeptAlert, 'id' | 'ruleId' | 'rule' | 'service'>,
  { minute, value, count, verdict }: AlertObservation,
  listeningSinceMs: number,
): KeptAlert | null {
  const atMs = minute * 60_000;
  if (verdict === 'unwatched') return before === undefined ? null : endedAlert(before, 'unwatched', atMs);
  const isFiring = before?.state.status === 'firing';
  const silence = silentMinutes(who.rule) * 60_000;
  const mayBeOurs = silence > 0 && atMs < listeningSinceMs + silence;
  if (verdict === 'breach' && !isFiring && mayBeOurs) return before ?? null;
  const state = nextAlertState(before?.state ?? null, { verdict, atMs }, who.rule);
  const isForgotten = state.status === 'no_data' && atMs - state.sinceMs > FORGET_AFTER_MS;
  if (isForgotten && before !== undefined) return endedAlert(before, 'unwatched', atMs);
  const peak = state.status === 'firing' ? worse(who.rule, isFiring ? before.peak : null, value) : null;
  return {
    ...who,
    state,
    value,
    count,
    peak,
    end: endOf(before, state.status),
    told: before?.told ?? {},
  };
}

function endOf(before: KeptAlert | undefined, status: AlertStatus): AlertEnd | null {
  if (status === 'firing') return null;
  if (before?.state.status === 'firing') return status === 'no_data' ? 'no_data' : 'recovered';
  // It is watched again: what its rule once was is over.
  return before?.end === 'recovered' || before?.end === 'no_data' ? before.end : null;
}

/** How long after its start this program cannot tell silence from its own absence. */
function silentMinutes(rule: AlertRule): number {
  if (rule.signal === 'missing_data') return rule.threshold;
  return rule.signal === 'request_rate' && rule.comparison === 'below' ? rule.windowMinutes : 0;
}

/** As it is when it is not watched any more. */
export function endedAlert(alert: KeptAlert, end: AlertEnd, atMs: number): KeptAlert {
  return { ...alert, state: quietAlertState(atMs), peak: null, end };
}

function worse({ comparison }: AlertRule, before: number | null, value: number | null): number | null {
  if (before === null || value === null) return before ?? value;
  return comparison === 'above' ? Math.max(before, value) : Math.min(before, value);
}
