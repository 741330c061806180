import type { AlertRule } from './alert-rule.ts';
import type { AlertVerdict } from './observe.ts';

/** What the states mean is in docs/alerts.md. */
export type AlertStatus = 'ok' | 'pending' | 'firing' | 'no_data';

/** Where one alert is; times are milliseconds of the Unix epoch. */
export interface AlertState {
  readonly status: AlertStatus;
  readonly sinceMs: number;
  /** Since when the value is over the threshold without a break: of `pending` and `firing`. */
  readonly breachedSinceMs: number | null;
  /** Since when a firing alert has had too few spans to say. */
  readonly blindSinceMs: number | null;
  readonly observedMs: number;
}

/** Past such a gap between two observations, nobody knows that a value held. */
export const MAX_ALERT_GAP_MS = 5 * 60_000;
const MINUTE_MS = 60_000;

type Timing = Pick<AlertRule, 'forMinutes' | 'windowMinutes'>;

/** What follows from an observation. A failed query is none: the alert stays as it was. */
export function nextAlertState(
  previous: AlertState | null,
  { verdict, atMs }: { readonly verdict: Exclude<AlertVerdict, 'unwatched'>; readonly atMs: number },
  rule: Timing,
): AlertState {
  const before = previous ?? quietAlertState(atMs);
  switch (verdict) {
    case 'breach':
      return breached(before, atMs, rule);
    case 'between':
      return before.status === 'firing'
        ? { ...before, blindSinceMs: null, observedMs: atMs }
        : moved(before, 'ok', atMs);
    case 'clear':
      return moved(before, 'ok', atMs);
    case 'no_data':
      return blinded(before, atMs, rule);
  }
}

/** Of an alert that nothing is known of, or that is over. */
export const quietAlertState = (atMs: number): AlertState => ({
  status: 'ok',
  sinceMs: atMs,
  breachedSinceMs: null,
  blindSinceMs: null,
  observedMs: atMs,
});

function breached(before: AlertState, atMs: number, { forMinutes }: Timing): AlertState {
  if (before.status === 'firing') return { ...before, blindSinceMs: null, observedMs: atMs };
  // Either way: a clock that was set back was wrong before.
  const heldSince = Math.abs(atMs - before.observedMs) > MAX_ALERT_GAP_MS ? null : before.breachedSinceMs;
  const breachedSinceMs = heldSince ?? atMs;
  const status = atMs - breachedSinceMs >= forMinutes * MINUTE_MS ? 'firing' : 'pending';
  const sinceMs = status === before.status && heldSince !== null ? before.sinceMs : atMs;
  return { status, sinceMs, breachedSinceMs, blindSinceMs: null, observedMs: atMs };
}

/** What fires goes on for one more window: silence after a fire is no proof that it is out. */
function blinded(before: AlertState, atMs: number, { windowMinutes }: Timing): AlertState {
  if (before.status !== 'firing') return moved(before, 'no_data', atMs);
  const blindSinceMs = Math.min(before.blindSinceMs ?? atMs, atMs);
  if (atMs - blindSinceMs >= windowMinutes * MINUTE_MS) return moved(before, 'no_data', atMs);
  return { ...before, blindSinceMs, observedMs: atMs };
}

function moved(before: AlertState, status: 'ok' | 'no_data', atMs: number): AlertState {
  const sinceMs = before.status === status ? before.sinceMs : atMs;
  return { status, sinceMs, breachedSinceMs: null, blindSinceMs: null, observedMs: atMs };
}
