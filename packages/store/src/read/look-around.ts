import type { StoredData } from './data-range.ts';
import type { Reader } from './reader.ts';
import type { SqlParameters } from './sql-parameters.ts';
import { LAST_TIME, larger, smaller, type TimeWindow } from './time-windows.ts';

/**
 * How far around a known span the rest of its trace is looked for. A trace whose spans leave a longer gap than
 * half of it, with no span running over the gap, is listed in parts; read by id it is whole.
 */
export const LOOK_AROUND_NANOS = 3_600_000_000_000n;

/** In an hour of so many spans, the rollup tells sooner where a trace's spans are than the filters of all granules. */
const MANY_AN_HOUR = 15_000_000;

/**
 * The rollup's ten minutes in which traces of a range may have spans. A bucket has no time before 1970: rounding one
 * down would wrap around into the year 2106, and find nothing.
 */
export function nearBuckets(range: TimeWindow, params: SqlParameters): string {
  const { from, to } = lookAround(range);
  return `bucket BETWEEN toStartOfTenMinutes(${params.time(larger(from, 0n))}) AND ${params.time(to)}`;
}

export const lookAround = ({ from, to }: TimeWindow): TimeWindow => ({
  from: from - LOOK_AROUND_NANOS,
  to: to + LOOK_AROUND_NANOS,
});

/** A window has no end where no span is known to start at its end or later: a bound more is 5 % of a small statement. */
export const withoutEnd = ({ from, to }: TimeWindow, end: bigint): TimeWindow => ({
  from,
  to: end <= to ? LAST_TIME : to,
});

export function startsIn({ from, to }: TimeWindow, params: SqlParameters): string {
  const isAfter = `start >= ${params.timeText(from)}`;
  return to === LAST_TIME ? isAfter : `${isAfter} AND start < ${params.timeText(to)}`;
}

/** Whether an hour holds so many, if the newest lie as the last list found them all along. */
export function areMany({ density }: Reader, { spans }: StoredData): boolean {
  const expected = density.spansIn(LOOK_AROUND_NANOS);
  return Number.isFinite(expected) && Math.min(expected, spans) > MANY_AN_HOUR;
}

interface KnownTraces {
  /** Where spans of them were seen: also read where the rollup has no row of them yet. */
  readonly window: TimeWindow;
  /** No span is known to start then or later. */
  readonly end: bigint;
  /** A subquery. */
  readonly ids: string;
}

/**
 * Condition on spans: in the window, or in a minute around it in which the rollup knows spans of the traces. An id is
 * looked for in the bloom filter of each granule, of which each 8,000 spans are one: an hour at 75,000 spans a second
 * has 33,000.
 */
export function inKnownMinutes({ window, end, ids }: KnownTraces, params: SqlParameters): string {
  const around = lookAround(window);
  // Minutes are counted from 1970 to 2106, and a span may last for centuries.
  const from = larger(around.from, 0n);
  const [first, last] = [params.time(from), params.time(larger(smaller(around.to, end), from))];
  const clamped = (time: string) => `greatest(least(${time}, ${last}), ${first})`;
  const minutes = `range(toUInt32(toStartOfMinute(${clamped('start')})), toUInt32(${clamped('end')}) + 1, 60)`;
  return `((${startsIn(withoutEnd(window, end), params)}) OR toStartOfMinute(start) IN (
  SELECT toDateTime(arrayJoin(${minutes}), 'UTC')
  FROM traces AS known
  PREWHERE ${nearBuckets(window, params)} AND trace_id IN (${ids})
))`;
}
