import { type AlertMinute, type AlertRule, alertFilter, alertHistoryMinutes } from '@utxoiq/model/alert';
import type { MinutesQuery, MinutesResult } from '@utxoiq/store';
import { ApiError } from '../errors/api-error.ts';

/** What a rule looks at, by alert: a service, or null for all spans together. */
export interface Watched {
  readonly subjects: ReadonlyMap<string | null, readonly AlertMinute[]>;
  /** Some services were left out. */
  readonly isCut: boolean;
}

export type AskMinutes = (query: MinutesQuery) => Promise<MinutesResult>;

/** Services that one rule has alerts for: those with the most spans. */
export const MAX_SUBJECTS = 200;

const MINUTE_NANOS = 60_000_000_000n;

/** The minutes that a rule needs to be observed from `first` to `last`; throws where the store could not read them all. */
export async function watchRule(
  ask: AskMinutes,
  rule: AlertRule,
  { first, last, signal }: { readonly first: number; readonly last: number; readonly signal?: AbortSignal },
): Promise<Watched> {
  const isEach = rule.service === null && rule.groupBy === 'service';
  const { series, partial } = await ask({
    projects: rule.projects ?? 'all',
    startUnixNano: BigInt(first - alertHistoryMinutes(rule)) * MINUTE_NANOS,
    endUnixNano: BigInt(last) * MINUTE_NANOS - 1n,
    filter: alertFilter(rule),
    durations: rule.signal === 'latency',
    ...(isEach ? { groupBy: 'service' as const } : {}),
    ...(signal === undefined ? {} : { signal }),
  });
  if (partial !== null) {
    throw new ApiError('TIMEOUT', 'the query reached its time limit', {
      next_step: 'Narrow the rule: a service, or no filter of its own.',
    });
  }
  if (!isEach) {
    return { subjects: new Map([[rule.service, series[0]?.minutes ?? []]]), isCut: false };
  }
  const total = (minutes: readonly AlertMinute[]) => minutes.reduce((sum, { count }) => sum + count, 0);
  const most = series
    .map(({ key, minutes }) => ({ key, minutes, spans: total(minutes) }))
    .sort((a, b) => b.spans - a.spans || (a.key < b.key ? -1 : 1));
  return {
    subjects: new Map(most.slice(0, MAX_SUBJECTS).map(({ key, minutes }) => [key, minutes])),
    isCut: most.length > MAX_SUBJECTS,
  };
}

/** In one round several rules ask the same: the store is asked once. */
export function askedOnce(ask: AskMinutes): AskMinutes {
  const answers = new Map<string, Promise<MinutesResult>>();
  return (query) => {
    const { signal: _, ...question } = query;
    const key = JSON.stringify(question, (_name, value) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = ask(query);
    answers.set(key, answer);
    return answer;
  };
}
