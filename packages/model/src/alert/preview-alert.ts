import type { AlertRule } from './alert-rule.ts';
import { type AlertState, nextAlertState } from './alert-state.ts';
import type { AlertObservation } from './observe.ts';

/** One time that an alert fires; `endMs` null: it still does at the end. */
export interface AlertEpisode {
  readonly startMs: number;
  readonly endMs: number | null;
}

/** When an alert would have fired, had the rule been there: the same machine, run over the past. */
export function alertEpisodes(
  rule: AlertRule,
  observations: readonly AlertObservation[],
): readonly AlertEpisode[] {
  const episodes: { startMs: number; endMs: number | null }[] = [];
  let state: AlertState | null = null;
  for (const { minute, verdict } of observations) {
    const wasFiring: boolean = state?.status === 'firing';
    const atMs = minute * 60_000;
    state = verdict === 'unwatched' ? null : nextAlertState(state, { verdict, atMs }, rule);
    const isFiring = state?.status === 'firing';
    const open = episodes.at(-1);
    if (isFiring && !wasFiring) episodes.push({ startMs: atMs, endMs: null });
    if (!isFiring && wasFiring && open !== undefined) open.endMs = atMs;
  }
  return episodes;
}
