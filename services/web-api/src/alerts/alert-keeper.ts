import { join } from 'node:path';
import type { AlertRule } from '@utxoiq/model/alert';
import { READY_MADE_ALERT_RULES } from '@utxoiq/model/alert';
import type { Logger } from '@utxoiq/service-runner';
import { ApiError } from '../errors/api-error.ts';
import { toApiError } from '../errors/problem.ts';
import {
  type AlertBook,
  type AlertEnd,
  bookOf,
  isSilenced,
  type KeptAlert,
  type KeptRule,
  newRule,
  recordChange,
} from './alert-book.ts';
import { bookFromText, bookToText, readIfThere, writeAtomically } from './alert-file.ts';
import { logChange } from './alert-log.ts';
import { type AlertPreview, previewRule } from './alert-preview.ts';
import type { AlertsConfig } from './alerts-config.ts';
import { Notifier } from './notifier.ts';
import { endedAlert, observeRule } from './observe-rule.ts';
import { type AskMinutes, askedOnce, watchRule } from './watch-rule.ts';

export interface AlertKeeperOptions {
  readonly config: AlertsConfig;
  readonly dataDir: string;
  readonly ask: AskMinutes;
  readonly logger: Pick<Logger, 'fatal' | 'error' | 'warn' | 'info' | 'debug'>;
  /** Of the viewer. */
  readonly baseUrl: () => string;
  /** Why spans may be on their way that the store does not have yet; null: none are. */
  readonly blockedBy?: () => string | null;
  readonly now?: () => number;
  /** Between attempts to notify. */
  readonly pausesMs?: readonly number[];
}

/** What the last round could not do for a rule. */
export interface RuleFailure {
  readonly message: string;
  readonly sinceMs: number;
}

export interface AlertStats {
  readonly evaluations: number;
  readonly evaluationFailures: number;
  readonly notificationsSent: number;
  readonly notificationsFailed: number;
  /** 0: never. */
  readonly lastEvaluationTimestampSeconds: number;
}

const MINUTE_MS = 60_000;

/** Evaluates the rules once an interval, keeps their state in the data directory, and has people told. */
export class AlertKeeper {
  readonly config: AlertsConfig;
  readonly notifier: Notifier;
  readonly #options: AlertKeeperOptions;
  readonly #now: () => number;
  readonly #path: string;
  readonly #stop = new AbortController();
  readonly #failures = new Map<string, RuleFailure>();
  readonly #values = new Map<string, readonly (number | null)[]>();
  readonly #cutRules = new Set<string>();
  #listeningSinceMs: number;
  readonly #stats = { evaluations: 0, evaluationFailures: 0, lastEvaluationTimestampSeconds: 0 };
  readonly #book: AlertBook;
  #savedText = '';
  #saving: Promise<void> = Promise.resolve();
  #running: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;

  private constructor(options: AlertKeeperOptions, book: AlertBook) {
    this.#options = options;
    this.config = options.config;
    this.#now = options.now ?? Date.now;
    this.#path = pathOf(options.dataDir);
    this.#book = book;
    this.#listeningSinceMs = this.#now();
    this.notifier = new Notifier({
      targets: options.config.targets,
      baseUrl: options.baseUrl,
      now: this.#now,
      onTold: () => void this.#save().catch(() => undefined), // said in the log by #save
      onFailed: (target, reason) =>
        options.logger.warn(
          { target: target.name },
          `alerts could not be sent to the ${target.name}: ${reason}; they are sent again with the next evaluation`,
        ),
      ...(options.pausesMs === undefined ? {} : { pausesMs: options.pausesMs }),
    });
  }

  /** Reads what is kept, or begins with the ready-made rules. A file that cannot be read is set aside, not lost. */
  static async open(options: AlertKeeperOptions): Promise<AlertKeeper> {
    const nowMs = (options.now ?? Date.now)();
    return new AlertKeeper(options, (await readBook(options)) ?? bookOf(READY_MADE_ALERT_RULES, nowMs));
  }

  /** Evaluates now and from then on. */
  start(): void {
    void this.evaluate();
    this.#schedule();
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#stop.abort();
    await this.#running;
    await this.notifier.stop();
    await this.#saving;
  }

  #schedule(): void {
    const { intervalMs, delayMs } = this.config;
    const sinceRound = (this.#now() - delayMs) % intervalMs;
    this.#timer = setTimeout(() => {
      void this.evaluate();
      this.#schedule();
    }, intervalMs - sinceRound).unref();
  }

  /** One round over all rules; while one is under way, that one. Never rejects: what fails is in the log and the stats. */
  evaluate(): Promise<void> {
    this.#running ??= this.#round().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** A round that has seen what just changed. Whoever changed it need not wait for it. */
  #evaluateSoon(): void {
    if (this.#timer === undefined) return;
    const round = this.#running;
    if (round === null) void this.evaluate();
    else void round.then(() => this.evaluate());
  }

  /** The minute that ends the newest window whose spans have had time to arrive. */
  get #lastMinute(): number {
    return Math.floor((this.#now() - this.config.delayMs) / MINUTE_MS);
  }

  async #round(): Promise<void> {
    const ask = askedOnce(this.#options.ask);
    const last = this.#lastMinute;
    // A clock that was set back since: nobody listened in the future.
    this.#listeningSinceMs = Math.min(this.#listeningSinceMs, this.#now());
    for (const kept of [...this.#book.rules.values()]) {
      if (this.#stop.signal.aborted) return;
      if (kept.rule.enabled) await this.#evaluateRule(kept, ask, last);
    }
    this.#stats.lastEvaluationTimestampSeconds = Math.floor(this.#now() / 1000);
    this.notifier.tell(this.#book);
    this.#forget();
    await this.#save().catch(() => undefined); // said in the log by #save
  }

  async #evaluateRule(kept: KeptRule, ask: AskMinutes, last: number): Promise<void> {
    const { logger, blockedBy } = this.#options;
    const { signal } = this.#stop;
    this.#stats.evaluations++;
    try {
      const blocked = blockedBy?.() ?? null;
      if (blocked !== null) throw new ApiError('UNAVAILABLE', blocked);
      const watched = await watchRule(ask, kept.rule, { first: last - 59, last, signal });
      if (this.#book.rules.get(kept.id)?.rule !== kept.rule) return; // changed meanwhile
      const listeningSinceMs = this.#listeningSinceMs;
      const { changes, values } = observeRule(this.#book, kept, watched, { last, listeningSinceMs });
      for (const [id, course] of values) this.#values.set(id, course);
      for (const change of changes) logChange(logger, change);
      if (watched.isCut) this.#cutRules.add(kept.id);
      else this.#cutRules.delete(kept.id);
      if (this.#failures.delete(kept.id))
        logger.info({ rule: kept.rule.name }, `rule ${kept.rule.name} is evaluated again`);
    } catch (error) {
      if (!signal.aborted) this.#failed(kept, error);
    }
  }

  #failed({ id, rule }: KeptRule, error: unknown): void {
    this.#stats.evaluationFailures++;
    // Viewers see it: what went wrong inside is for the log.
    const { message } = toApiError(error instanceof Error ? error : new Error(String(error)));
    const known = this.#failures.get(id);
    this.#failures.set(id, { message, sinceMs: known?.sinceMs ?? this.#now() });
    if (known !== undefined) return;
    this.#options.logger.warn(
      { rule: rule.name, err: error },
      `rule ${rule.name} could not be evaluated: ${message}; its alerts stay as they are`,
    );
  }

  /** Alerts that nobody watches any more, once their end has been told. */
  #forget(): void {
    const names = this.config.targets.map(({ name }) => name);
    for (const alert of this.#book.alerts.values()) {
      const isWatched = this.#book.rules.has(alert.ruleId) && alert.end !== 'unwatched';
      const isEnded = alert.end === 'rule_changed' || alert.end === 'rule_disabled';
      if ((isWatched && !isEnded) || alert.state.status !== 'ok') continue;
      if (names.some((name) => alert.told[name]?.isFiring === true)) continue;
      this.#book.alerts.delete(alert.id);
      this.#values.delete(alert.id);
    }
  }

  // What people see.

  get rules(): readonly KeptRule[] {
    return [...this.#book.rules.values()];
  }

  rule(id: string): KeptRule | undefined {
    return this.#book.rules.get(id);
  }

  get alerts(): readonly KeptAlert[] {
    return [...this.#book.alerts.values()];
  }

  get history(): AlertBook['history'] {
    return this.#book.history;
  }

  /** The last hour, a value a minute; empty before the first round after a start. */
  valuesOf(alertId: string): readonly (number | null)[] {
    return this.#values.get(alertId) ?? [];
  }

  failureOf(ruleId: string): RuleFailure | null {
    return this.#failures.get(ruleId) ?? null;
  }

  isCut(ruleId: string): boolean {
    return this.#cutRules.has(ruleId);
  }

  isSilenced(kept: KeptRule): boolean {
    return isSilenced(kept, this.#now());
  }

  stats(): AlertStats {
    const { sent, failed } = this.notifier.stats;
    return { ...this.#stats, notificationsSent: sent, notificationsFailed: failed };
  }

  /** Of each rule, also of those that are quiet: a metric that is not there cannot be alerted on. */
  firingByRule(): readonly { readonly rule: string; readonly severity: string; readonly count: number }[] {
    const firing = new Map<string, number>();
    for (const { ruleId, state } of this.#book.alerts.values())
      if (state.status === 'firing') firing.set(ruleId, (firing.get(ruleId) ?? 0) + 1);
    return this.rules.map(({ id, rule: { name, severity } }) => ({
      rule: name,
      severity,
      count: firing.get(id) ?? 0,
    }));
  }

  preview(rule: AlertRule, signal?: AbortSignal): Promise<AlertPreview> {
    return previewRule(this.#options.ask, rule, {
      last: this.#lastMinute,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  // What people change. Each resolves when it is on the disk.

  async addRule(rule: AlertRule): Promise<KeptRule> {
    const kept = newRule(rule, this.#now());
    this.#book.rules.set(kept.id, kept);
    await this.#save();
    this.#evaluateSoon();
    return kept;
  }

  /** What fires under the old rule ends: under the new one it may be no alert, or another. */
  async replaceRule(before: KeptRule, rule: AlertRule): Promise<KeptRule> {
    const kept = { ...before, rule, updatedMs: this.#now() };
    this.#book.rules.set(kept.id, kept);
    this.#failures.delete(kept.id);
    if (!rule.enabled) this.#endAll(kept.id, 'rule_disabled');
    else if (watchesOtherwise(before.rule, rule)) this.#endAll(kept.id, 'rule_changed');
    else this.#renameAll(kept);
    await this.#save();
    this.#evaluateSoon();
    return kept;
  }

  async removeRule(id: string): Promise<void> {
    this.#book.rules.delete(id);
    this.#failures.delete(id);
    this.#endAll(id, 'rule_deleted');
    await this.#save();
  }

  /** No news of what fires until then; null: from now on again. */
  async silence(before: KeptRule, untilMs: number | null): Promise<KeptRule> {
    const kept = { ...before, silencedUntilMs: untilMs };
    this.#book.rules.set(kept.id, kept);
    await this.#save();
    return kept;
  }

  #endAll(ruleId: string, end: AlertEnd): void {
    for (const alert of this.#book.alerts.values()) {
      if (alert.ruleId !== ruleId) continue;
      const after = endedAlert(alert, end, this.#now());
      this.#book.alerts.set(alert.id, after);
      recordChange(this.#book, alert, after);
      if (alert.state.status === 'firing') logChange(this.#options.logger, { before: alert, after });
    }
    this.notifier.tell(this.#book);
    this.#forget();
  }

  #renameAll({ id, rule }: KeptRule): void {
    for (const alert of this.#book.alerts.values())
      if (alert.ruleId === id) this.#book.alerts.set(alert.id, { ...alert, rule });
  }

  /** Writes what has changed, one write after the other. */
  #save(): Promise<void> {
    const saved = this.#saving.then(async () => {
      const text = bookToText(this.#book);
      if (text === this.#savedText) return;
      await writeAtomically(this.#path, text);
      this.#savedText = text;
    });
    this.#saving = saved.catch((error: unknown) => {
      this.#options.logger.error({ err: error }, `alerts could not be saved in ${this.#path}`);
    });
    return saved;
  }
}

const pathOf = (dataDir: string): string => join(dataDir, 'alerts', 'alerts.json');

async function readBook({ dataDir, logger }: AlertKeeperOptions): Promise<AlertBook | null> {
  const path = pathOf(dataDir);
  const text = await readIfThere(path);
  if (text === null) return null;
  const aside = `${path}.unreadable`;
  try {
    const { book, unreadable } = bookFromText(text);
    if (unreadable.length === 0) return book;
    await writeAtomically(aside, text);
    logger.error(`rules of ${path} are not readable: ${unreadable.join('; ')}; it is kept as ${aside}`);
    return book;
  } catch (error) {
    await writeAtomically(aside, text);
    logger.error(
      { err: error },
      `${path} is not readable; it is kept as ${aside}, and the ready-made rules are used`,
    );
    return null;
  }
}

/** Whether more than its texts changed. */
function watchesOtherwise(before: AlertRule, after: AlertRule): boolean {
  const { name: _n, description: _d, severity: _s, repeatMinutes: _r, ...was } = before;
  const { name: _n2, description: _d2, severity: _s2, repeatMinutes: _r2, ...is } = after;
  return JSON.stringify(was) !== JSON.stringify(is);
}
