import { useCallback } from 'react';
import { readToken } from '../app/theme.ts';
import { formatCount, formatRate } from '../time/format.ts';
import { drawTimeAxis, drawYAxis } from './axes.ts';
import { pointAt, type TimeChartProps } from './latency-chart.tsx';
import { type Area, Plot } from './plot.tsx';
import { linearTicks } from './scale.ts';

function drawBars(context: CanvasRenderingContext2D, area: Area, props: TimeChartProps): void {
  const { points, range, bucketMs } = props;
  const perSecond = 1000 / Math.max(1, bucketMs);
  const max = Math.max(1, ...points.map(({ count }) => count)) * perSecond * 1.08;
  drawTimeAxis(context, area, range);
  if (points.length === 0) return;
  drawYAxis(
    context,
    area,
    linearTicks(max, 4).map((value) => ({ at: value / max, label: formatRate(value) })),
  );
  const perMs = area.width / (range.endMs - range.startMs);
  const width = Math.max(1, bucketMs * perMs - 1);
  context.save();
  context.beginPath();
  context.rect(area.left, area.top, area.width, area.height);
  context.clip();
  const bar = (startMs: number, count: number, color: string) => {
    const height = ((count * perSecond) / max) * area.height;
    context.fillStyle = color;
    context.fillRect(
      area.left + (startMs - range.startMs) * perMs,
      area.top + area.height - height,
      width,
      Math.max(count > 0 ? 1 : 0, height),
    );
  };
  const rate = readToken('--rate');
  const error = readToken('--error');
  for (const point of points) {
    const start = Date.parse(point.start_time);
    bar(start, point.count, rate);
    bar(start, point.errors, error);
  }
  context.restore();
}

export function RateChart(props: TimeChartProps) {
  const { points, range, bucketMs } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the crosshair is drawn above the canvas
  const draw = useCallback(
    (context: CanvasRenderingContext2D, area: Area) => drawBars(context, area, props),
    [points, range, bucketMs],
  );
  const point = pointAt(props);
  const count = point?.count ?? points.reduce((sum, one) => sum + one.count, 0);
  const errors = point?.errors ?? points.reduce((sum, one) => sum + one.errors, 0);
  const shown = (value: number) => (props.isRead ? formatCount(value) : '–');
  return (
    <section className="chart panel" aria-label="Rate and errors">
      <div className="chart-head">
        <h2>Rate</h2>
        <span className="legend">
          <span className="swatch" style={{ backgroundColor: 'var(--rate)' }} /> spans <b>{shown(count)}</b>
        </span>
        <span className="legend">
          <span className="swatch" style={{ backgroundColor: 'var(--error)' }} /> errors{' '}
          <b>{shown(errors)}</b>
        </span>
      </div>
      <Plot
        label="Rate and errors over time. Drag to choose a time range."
        draw={draw}
        brush="x"
        hoverX={props.hoverX}
        onHover={props.onHover}
        onSelect={props.onSelect}
      />
    </section>
  );
}
