import { ALERT_LOOKBACK_MINUTES, type AlertRule } from './alert-rule.ts';
import { SlidingWindow } from './sliding-window.ts';

/** What was counted in a minute of the Unix epoch that had spans. */
export interface AlertMinute {
  readonly minute: number;
  readonly count: number;
  readonly errors: number;
  /** Nanoseconds to the number of spans that took about so long; empty where no latency was asked for. */
  readonly durations: ReadonlyMap<number, number>;
}

/**
 * `between`: neither over the threshold nor recovered. `no_data`: too few spans to say. `unwatched`: a service of which
 * nothing is expected.
 */
export type AlertVerdict = 'breach' | 'between' | 'clear' | 'no_data' | 'unwatched';

/** A rule's value over one window, and what it says. */
export interface AlertObservation {
  /** The end of the window, exclusive: a minute of the Unix epoch. */
  readonly minute: number;
  /** In the threshold's unit; null: no span to make it of. */
  readonly value: number | null;
  /** Spans in the window. */
  readonly count: number;
  readonly verdict: AlertVerdict;
}

/** Minutes whose value was over the threshold, and too few spans kept the alert quiet. */
export function withheldAlertMinutes(rule: AlertRule, observations: readonly AlertObservation[]): number {
  return observations.filter(
    ({ verdict, value }) => verdict === 'no_data' && value !== null && compared(rule, value) === 'breach',
  ).length;
}

/** Minutes that must be known before the first one observed. */
export function alertHistoryMinutes(rule: AlertRule): number {
  const needsLookback = rule.signal === 'missing_data' || rule.signal === 'request_rate';
  return needsLookback ? Math.max(ALERT_LOOKBACK_MINUTES, rule.windowMinutes) : rule.windowMinutes;
}

/**
 * The rule's value at the end of each minute from `first` to `last`, by the spans of the window before it.
 *
 * @param minutes ascending, from `alertHistoryMinutes` before `first` on.
 */
export function observeAlert(
  rule: AlertRule,
  minutes: readonly AlertMinute[],
  { first, last }: { readonly first: number; readonly last: number },
): readonly AlertObservation[] {
  const window = new SlidingWindow(minutes, rule.windowMinutes);
  const lookback = new SlidingWindow(minutes, ALERT_LOOKBACK_MINUTES, { withDurations: false });
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => {
    const minute = first + index;
    window.moveTo(minute);
    lookback.moveTo(minute);
    const value = measured(rule, { window, lookback, minute });
    return { minute, value, count: window.count, verdict: verdictOf(rule, value, { window, lookback }) };
  });
}

interface Windows {
  readonly window: SlidingWindow;
  readonly lookback: SlidingWindow;
}

function measured(
  rule: AlertRule,
  { window, lookback, minute }: Windows & { minute: number },
): number | null {
  switch (rule.signal) {
    case 'error_rate':
      return window.count === 0 ? null : (100 * window.errors) / window.count;
    case 'latency':
      return window.count === 0 ? null : window.percentile(rule.percentile / 100) / 1e6;
    case 'request_rate':
      return window.count / rule.windowMinutes;
    case 'missing_data':
      return minute - 1 - (lookback.lastMinute ?? minute - 1 - ALERT_LOOKBACK_MINUTES);
  }
}

function verdictOf(rule: AlertRule, value: number | null, { window, lookback }: Windows): AlertVerdict {
  const isShare = rule.signal === 'error_rate' || rule.signal === 'latency';
  if (isShare && (value === null || window.count < rule.minCount)) return 'no_data';
  const isNamed = rule.service !== null || rule.groupBy === 'none';
  if (!isShare && !isNamed && lookback.count < rule.minCount) return 'unwatched';
  return compared(rule, value ?? 0);
}

function compared(rule: AlertRule, value: number): AlertVerdict {
  const { threshold } = rule;
  const recovery = rule.recoveryThreshold ?? threshold;
  if (rule.signal === 'missing_data')
    return value >= threshold ? 'breach' : value < recovery ? 'clear' : 'between';
  if (rule.comparison === 'above')
    return value > threshold ? 'breach' : value <= recovery ? 'clear' : 'between';
  return value < threshold ? 'breach' : value >= recovery ? 'clear' : 'between';
}
