import { type Span, serviceNameOf } from '@utxoiq/model';
import type {
  HeatmapQuery,
  HeatmapResult,
  PartialReason,
  TimeseriesQuery,
  TimeseriesResult,
} from '@utxoiq/store';
import { durationOf, groupsOf, isError, redStats } from './red-stats.ts';

const secondNanos = 1_000_000_000n;
const widthsSeconds = [
  1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 604_800,
];

/** The smallest human width that cuts the range into no more than `buckets` parts. */
function bucketNanosOf(range: { startUnixNano: bigint; endUnixNano: bigint }, buckets: number): bigint {
  const seconds = Number((range.endUnixNano - range.startUnixNano) / 1_000_000n) / 1000;
  return BigInt(widthsSeconds.find((width) => seconds / width <= buckets) ?? 604_800) * secondNanos;
}

export function timeseriesOf(
  spans: readonly Span[],
  query: TimeseriesQuery,
  partial: PartialReason,
): TimeseriesResult {
  const { groupBy, buckets = 60 } = query;
  const bucketNanos = bucketNanosOf(query, buckets);
  const keyOf = (span: Span): string => {
    if (groupBy === undefined) return '';
    return groupBy === 'service' ? serviceNameOf(span) : `${serviceNameOf(span)} ${span.name}`;
  };
  const series = [...groupsOf(spans, keyOf)].sort(
    ([key, a], [other, b]) => b.length - a.length || (key < other ? -1 : 1),
  );
  return {
    bucketNanos,
    series: series.map(([key, group]) => ({
      key,
      points: [...groupsOf(group, (span) => span.startUnixNano / bucketNanos)]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([bucket, inBucket]) => ({ startUnixNano: bucket * bucketNanos, ...redStats(inBucket) })),
    })),
    partial,
  };
}

/** Eight rows per doubling at most, as the store has them. */
const stepsPerDoubling = 8;
const stepOf = (span: Span): number =>
  Math.floor(Math.log2(Math.max(1, durationOf(span))) * stepsPerDoubling);

export function heatmapOf(
  spans: readonly Span[],
  query: HeatmapQuery,
  partial: PartialReason,
): HeatmapResult {
  const { timeBuckets = 60, durationBuckets = 40, startUnixNano } = query;
  const bucketNanos = bucketNanosOf(query, timeBuckets);
  const first = startUnixNano / bucketNanos;
  const steps = spans.map(stepOf);
  const lowest = steps.reduce((least, step) => Math.min(least, step), Number.POSITIVE_INFINITY);
  const highest = steps.reduce((most, step) => Math.max(most, step), 0);
  const stepsPerRow = Math.max(1, Math.ceil((highest - lowest + 1) / durationBuckets));
  const rows = spans.length === 0 ? 0 : Math.floor((highest - lowest) / stepsPerRow) + 1;
  const cellOf = (span: Span): string =>
    `${span.startUnixNano / bucketNanos - first} ${Math.floor((stepOf(span) - lowest) / stepsPerRow)}`;
  const cells = [...groupsOf(spans, cellOf)].map(([cell, inCell]) => {
    const [x = 0, y = 0] = cell.split(' ').map(Number);
    return { x, y, count: inCell.length, errors: inCell.filter(isError).length };
  });
  return {
    startUnixNano: first * bucketNanos,
    bucketNanos,
    durationEdges:
      rows === 0
        ? []
        : Array.from(
            { length: rows + 1 },
            (_, row) => 2 ** ((lowest + row * stepsPerRow) / stepsPerDoubling),
          ),
    cells: cells.sort((a, b) => a.x - b.x || a.y - b.y),
    partial,
  };
}
