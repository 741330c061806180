import { useCallback } from 'react';
import type { RedPoint } from '../api/types.ts';
import { readToken } from '../app/theme.ts';
import { formatDuration } from '../time/format.ts';
import type { TimeRange } from '../time/range.ts';
import { drawTimeAxis, drawYAxis } from './axes.ts';
import { type Area, Plot, type PlotRect } from './plot.tsx';
import { logPosition, logTicks } from './scale.ts';

const percentiles = [
  { key: 'p50_ms', token: '--p50' },
  { key: 'p95_ms', token: '--p95' },
  { key: 'p99_ms', token: '--p99' },
] as const;

export interface TimeChartProps {
  readonly range: TimeRange;
  /** Whether the points are an answer: before, no spans means nothing. */
  readonly isRead: boolean;
  readonly points: readonly RedPoint[];
  readonly bucketMs: number;
  readonly hoverX: number | null;
  readonly onHover: (at: { x: number; y: number } | null) => void;
  readonly onSelect: (rect: PlotRect) => void;
}

/** The values below the crosshair, or of the whole range. */
export function pointAt(props: TimeChartProps): RedPoint | null {
  if (props.hoverX === null) return null;
  const ms = props.range.startMs + props.hoverX * (props.range.endMs - props.range.startMs);
  return (
    props.points.find(({ start_time }) => {
      const start = Date.parse(start_time);
      return ms >= start && ms < start + props.bucketMs;
    }) ?? null
  );
}

function drawLines(context: CanvasRenderingContext2D, area: Area, props: TimeChartProps): void {
  const { points, range, bucketMs } = props;
  const filled = points.filter(({ count }) => count > 0);
  const min = Math.max(0.001, Math.min(...filled.map(({ p50_ms }) => p50_ms)) / 1.5);
  const max = Math.max(min * 10, Math.max(...filled.map(({ p99_ms }) => p99_ms)) * 1.2);
  drawTimeAxis(context, area, range);
  if (filled.length === 0) return;
  drawYAxis(
    context,
    area,
    logTicks(min, max, 5).map((value) => ({
      at: logPosition(value, min, max),
      label: formatDuration(value),
    })),
  );
  context.save();
  context.beginPath();
  context.rect(area.left, area.top - 2, area.width, area.height + 4);
  context.clip();
  context.lineWidth = 1.5;
  context.lineJoin = 'round';
  for (const { key, token } of percentiles) {
    context.strokeStyle = readToken(token);
    context.beginPath();
    context.fillStyle = readToken(token);
    points.forEach((point, index) => {
      if (point.count === 0) return;
      const middle = Date.parse(point.start_time) + bucketMs / 2;
      const x = area.left + ((middle - range.startMs) / (range.endMs - range.startMs)) * area.width;
      const y = area.top + (1 - logPosition(point[key], min, max)) * area.height;
      const follows = (points[index - 1]?.count ?? 0) > 0;
      // A lone point between gaps would be no line at all.
      if (!follows && (points[index + 1]?.count ?? 0) === 0) context.fillRect(x - 2, y - 2, 4, 4);
      if (follows) context.lineTo(x, y);
      else context.moveTo(x, y);
    });
    context.stroke();
  }
  context.restore();
}

export function LatencyChart(props: TimeChartProps) {
  const { points, range, bucketMs } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the crosshair is drawn above the canvas
  const draw = useCallback(
    (context: CanvasRenderingContext2D, area: Area) => drawLines(context, area, props),
    [points, range, bucketMs],
  );
  const point = pointAt(props);
  return (
    <section className="chart panel" aria-label="Latency percentiles">
      <div className="chart-head">
        <h2>Latency</h2>
        {percentiles.map(({ key, token }) => (
          <span key={key} className="legend">
            <span className="swatch" style={{ backgroundColor: `var(${token})` }} />
            {key.slice(0, 3)} {point !== null && point.count > 0 && <b>{formatDuration(point[key])}</b>}
          </span>
        ))}
      </div>
      <Plot
        label="Latency percentiles over time. Drag to choose a time range."
        draw={draw}
        brush="x"
        hoverX={props.hoverX}
        onHover={props.onHover}
        onSelect={props.onSelect}
      />
    </section>
  );
}
