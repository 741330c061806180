import { LOOK_AROUND_NANOS } from './evaluate-traces.ts';
import type { SqlParameters } from './sql-parameters.ts';
import type { TimeWindow } from './time-windows.ts';

/**
 * The rollup's ten minutes in which traces of a range may have spans. A bucket has no time before 1970: rounding one
 * down would wrap around into the year 2106, and find nothing.
 */
export function nearBuckets({ from, to }: TimeWindow, params: SqlParameters): string {
  const first = from > LOOK_AROUND_NANOS ? from - LOOK_AROUND_NANOS : 0n;
  return `bucket BETWEEN toStartOfTenMinutes(${params.time(first)}) AND ${params.time(to + LOOK_AROUND_NANOS)}`;
}
