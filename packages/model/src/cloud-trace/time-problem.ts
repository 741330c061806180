import { formatUnixNano } from '../timestamp.ts';
import type { CloudTraceLimits } from './limits.ts';
import type { Violation } from './proto/json-decode.ts';

const MAX_UNIX_NANO = (1n << 63n) - 1n;
const DAY_NANOS = 86_400_000_000_000n;

export interface SpanTimes {
  readonly startTime: bigint | null;
  readonly endTime: bigint | null;
}

/** What is wrong with a span's times, at most one thing. `path` is the span's. */
export function timeProblem(
  { startTime, endTime }: SpanTimes,
  path: string,
  { limits, nowUnixNano }: { limits: CloudTraceLimits; nowUnixNano: bigint },
): Violation | null {
  const at = (name: string) => (path === '' ? name : `${path}.${name}`);
  const problem = (name: string, what: string): Violation => ({
    field: at(name),
    description: `Invalid value at '${at(name)}': ${what}`,
  });
  for (const [name, time] of [
    ['start_time', startTime],
    ['end_time', endTime],
  ] as const) {
    if (time === null) return problem(name, 'the field is required.');
    if (time < 0n || time > MAX_UNIX_NANO) return problem(name, 'the time must lie between 1970 and 2262.');
  }
  const [start, end] = [startTime ?? 0n, endTime ?? 0n];
  if (end < start) {
    return problem('end_time', `${formatUnixNano(end)} is before the start time ${formatUnixNano(start)}.`);
  }
  const { pastDays, futureDays } = limits;
  if (pastDays !== null && start < nowUnixNano - BigInt(pastDays) * DAY_NANOS) {
    return problem('start_time', `${formatUnixNano(start)} is more than ${pastDays} days in the past.`);
  }
  if (futureDays !== null && start > nowUnixNano + BigInt(futureDays) * DAY_NANOS) {
    return problem('start_time', `${formatUnixNano(start)} is more than ${futureDays} days in the future.`);
  }
  return null;
}
