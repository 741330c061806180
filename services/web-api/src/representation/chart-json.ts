import type { CompareResult, Facet, HeatmapResult, TimeseriesResult } from '@utxoiq/store';
import { redStatsJson } from './summary-json.ts';
import { milliseconds, time } from './time-json.ts';

export const timeseriesJson = (result: TimeseriesResult) => ({
  bucket_ms: milliseconds(result.bucketNanos),
  series: result.series.map(({ key, points }) => ({
    key,
    points: points.map((point) => ({ start_time: time(point.startUnixNano), ...redStatsJson(point) })),
  })),
});

export const heatmapJson = (result: HeatmapResult) => ({
  start_time: time(result.startUnixNano),
  bucket_ms: milliseconds(result.bucketNanos),
  duration_edges_ms: result.durationEdges.map(milliseconds),
  cells: result.cells,
});

export const facetJson = ({ key, values, partial }: Facet) => ({
  key,
  values,
  ...(partial === null ? {} : { partial: partial.reason }),
});

export const compareJson = (result: CompareResult) => ({
  selected_count: result.selectedCount,
  baseline_count: result.baselineCount,
  differences: result.differences.map((difference) => ({
    key: difference.key,
    value: difference.value,
    selected_share: difference.selectedShare,
    baseline_share: difference.baselineShare,
    score: difference.score,
  })),
});
