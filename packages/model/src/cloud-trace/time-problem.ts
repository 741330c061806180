import { formatUnixNano } from '../timestamp.ts';
import type { CloudTraceLimits } from './limits.ts';
import type { Violation } from './proto/json-decode.ts';

const MAX_UNIX_NANO = (1n << 63n) - 1n;
const REQUIRED = 'the field is required.';
const OUT_OF_RANGE = 'the time must lie between 1970 and 2262.';
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
  const problem = (name: string, what: string): Violation => {
    const field = path === '' ? name : `${path}.${name}`;
    return { field, description: `Invalid value at '${field}': ${what}` };
  };
  if (startTime === null) return problem('start_time', REQUIRED);
  if (endTime === null) return problem('end_time', REQUIRED);
  if (startTime < 0n || startTime > MAX_UNIX_NANO) return problem('start_time', OUT_OF_RANGE);
  if (endTime < 0n || endTime > MAX_UNIX_NANO) return problem('end_time', OUT_OF_RANGE);
  if (endTime < startTime) {
    return problem(
      'end_time',
      `${formatUnixNano(endTime)} is before the start time ${formatUnixNano(startTime)}.`,
    );
  }
  const { pastDays, futureDays } = limits;
  if (pastDays !== null && startTime < nowUnixNano - BigInt(pastDays) * DAY_NANOS) {
    return problem('start_time', `${formatUnixNano(startTime)} is more than ${pastDays} days in the past.`);
  }
  if (futureDays !== null && startTime > nowUnixNano + BigInt(futureDays) * DAY_NANOS) {
    return problem(
      'start_time',
      `${formatUnixNano(startTime)} is more than ${futureDays} days in the future.`,
    );
  }
  return null;
}
