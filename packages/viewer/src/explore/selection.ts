import type { HeatmapSelection } from '../charts/heatmap.tsx';

/** `start,end,min,max` in milliseconds, as the address keeps it. */
export function parseSelection(text: string | undefined): HeatmapSelection | null {
  const parts = text?.split(',').map(Number) ?? [];
  const [startMs, endMs, minDurationMs, maxDurationMs] = parts;
  if (
    startMs === undefined ||
    endMs === undefined ||
    minDurationMs === undefined ||
    maxDurationMs === undefined
  ) {
    return null;
  }
  if (parts.some((part) => !Number.isFinite(part)) || startMs >= endMs || minDurationMs > maxDurationMs)
    return null;
  return { startMs, endMs, minDurationMs, maxDurationMs };
}

export function formatSelection(selection: HeatmapSelection): string {
  const { startMs, endMs, minDurationMs, maxDurationMs } = selection;
  return [Math.round(startMs), Math.round(endMs), minDurationMs, maxDurationMs]
    .map((value) => Number(value.toPrecision(15)))
    .join(',');
}
