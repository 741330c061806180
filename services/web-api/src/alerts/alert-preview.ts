import { type AlertRule, alertEpisodes, observeAlert, withheldAlertMinutes } from '@utxoiq/model/alert';
import { type AskMinutes, watchRule } from './watch-rule.ts';

const PREVIEW_MINUTES = 1440;
/** Services whose course is shown; all are counted. */
const MAX_SHOWN = 8;

export interface AlertPreview {
  /** The end of the first window, and how many follow, one a minute. */
  readonly startMs: number;
  readonly endMs: number;
  /** How often it would have fired, over all services. */
  readonly fired: number;
  readonly services: number;
  readonly isCut: boolean;
  /** Those that fired most, then those that came nearest. */
  readonly shown: readonly {
    readonly service: string | null;
    readonly episodes: readonly { readonly startMs: number; readonly endMs: number | null }[];
    /** One a minute; null: no spans. */
    readonly values: readonly (number | null)[];
    /** Minutes over the threshold that had too few spans to fire. */
    readonly withheldMinutes: number;
  }[];
}

/** How a rule would have behaved over the last 24 hours, up to the minute `last`. */
export async function previewRule(
  ask: AskMinutes,
  rule: AlertRule,
  { last, signal }: { readonly last: number; readonly signal?: AbortSignal },
): Promise<AlertPreview> {
  const first = last - PREVIEW_MINUTES + 1;
  const range = { first, last };
  const { subjects, isCut } = await watchRule(ask, rule, {
    ...range,
    ...(signal === undefined ? {} : { signal }),
  });
  const all = Array.from(subjects, ([service, minutes]) => {
    const observations = observeAlert(rule, minutes, range);
    const values = observations.map(({ value, verdict }) => (verdict === 'unwatched' ? null : value));
    return {
      service,
      episodes: alertEpisodes(rule, observations),
      values,
      withheldMinutes: withheldAlertMinutes(rule, observations),
      worst: worstOf(rule, values),
    };
  });
  all.sort((a, b) => b.episodes.length - a.episodes.length || b.worst - a.worst);
  return {
    startMs: first * 60_000,
    endMs: last * 60_000,
    fired: all.reduce((sum, { episodes }) => sum + episodes.length, 0),
    services: all.length,
    isCut,
    shown: all.slice(0, MAX_SHOWN).map(({ worst: _, ...one }) => one),
  };
}

/** The larger, the nearer to firing. */
function worstOf({ comparison }: AlertRule, values: readonly (number | null)[]): number {
  const sign = comparison === 'above' ? 1 : -1;
  return values.reduce<number>(
    (worst, value) => (value === null ? worst : Math.max(worst, sign * value)),
    Number.NEGATIVE_INFINITY,
  );
}
