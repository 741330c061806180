import { type KeyboardEvent, useCallback, useMemo, useState } from 'react';
import type { Heatmap } from '../api/types.ts';
import { readToken } from '../app/theme.ts';
import { formatCount, formatDateTime, formatDuration } from '../time/format.ts';
import type { TimeRange } from '../time/range.ts';
import { drawTimeAxis, drawYAxis } from './axes.ts';
import { type Area, Plot, type PlotRect } from './plot.tsx';
import { logPosition, logTicks, mixColors } from './scale.ts';

/** A part of the heatmap in its own terms. */
export interface HeatmapSelection {
  readonly startMs: number;
  readonly endMs: number;
  readonly minDurationMs: number;
  readonly maxDurationMs: number;
}

interface HeatmapChartProps {
  readonly range: TimeRange;
  readonly heatmap: Heatmap | undefined;
  readonly selection: HeatmapSelection | null;
  readonly onSelect: (selection: HeatmapSelection | null) => void;
  readonly hoverX: number | null;
  readonly onHover: (at: { x: number; y: number } | null) => void;
}

interface Grid {
  readonly startMs: number;
  readonly bucketMs: number;
  readonly edges: readonly number[];
  readonly columns: number;
  readonly rows: number;
}

function gridOf(heatmap: Heatmap, range: TimeRange): Grid {
  const edges = heatmap.duration_edges_ms;
  const startMs = Date.parse(heatmap.start_time);
  const bucketMs = Math.max(heatmap.bucket_ms, 1e-6);
  return {
    startMs,
    bucketMs,
    edges,
    rows: edges.length - 1,
    columns: Math.ceil((range.endMs - startMs) / bucketMs),
  };
}

function drawCells(context: CanvasRenderingContext2D, area: Area, heatmap: Heatmap, range: TimeRange): void {
  const grid = gridOf(heatmap, range);
  const low = grid.edges[0] ?? 1;
  const high = grid.edges[grid.rows] ?? 10;
  drawTimeAxis(context, area, range);
  if (grid.rows < 1 || heatmap.cells.length === 0) return;
  drawYAxis(
    context,
    area,
    logTicks(low, high, 6).map((value) => ({
      at: logPosition(value, low, high),
      label: formatDuration(value),
    })),
  );
  const most = Math.log1p(Math.max(...heatmap.cells.map(({ count }) => count)));
  const [cold, hot, bad] = [readToken('--heat-0'), readToken('--heat-1'), readToken('--error')];
  const perMs = area.width / (range.endMs - range.startMs);
  context.save();
  context.beginPath();
  context.rect(area.left, area.top, area.width, area.height);
  context.clip();
  for (const { x, y, count, errors } of heatmap.cells) {
    const left = area.left + (grid.startMs + x * grid.bucketMs - range.startMs) * perMs;
    const bottom = (1 - y / grid.rows) * area.height + area.top;
    const height = area.height / grid.rows;
    const width = Math.max(1, grid.bucketMs * perMs - 1);
    context.fillStyle = mixColors(cold, hot, 0.18 + 0.82 * (Math.log1p(count) / most));
    context.fillRect(left, bottom - height, width, height - 0.5);
    if (errors > 0) {
      context.fillStyle = bad;
      const share = Math.max(0.25, errors / count);
      context.fillRect(left, bottom - height * share, width, height * share - 0.5);
    }
  }
  context.restore();
}

/** Cells that a rectangle touches, as shares snapped to their edges. */
function snap(rect: PlotRect, grid: Grid, range: TimeRange): HeatmapSelection {
  const span = range.endMs - range.startMs;
  const column = (x: number) => (range.startMs + x * span - grid.startMs) / grid.bucketMs;
  const row = (y: number) => y * grid.rows;
  const lastRow = Math.min(grid.rows, Math.max(Math.ceil(row(rect.y1)), Math.floor(row(rect.y0)) + 1));
  const edge = (index: number) => grid.edges[Math.min(grid.rows, Math.max(0, index))] ?? 0;
  return {
    startMs: grid.startMs + Math.floor(column(rect.x0)) * grid.bucketMs,
    endMs:
      grid.startMs + Math.max(Math.ceil(column(rect.x1)), Math.floor(column(rect.x0)) + 1) * grid.bucketMs,
    minDurationMs: edge(Math.min(grid.rows - 1, Math.floor(row(rect.y0)))),
    maxDurationMs: edge(lastRow),
  };
}

function rectOf(selection: HeatmapSelection, grid: Grid, range: TimeRange): PlotRect {
  const x = (ms: number) => Math.min(1, Math.max(0, (ms - range.startMs) / (range.endMs - range.startMs)));
  const low = grid.edges[0] ?? 1;
  const high = grid.edges[grid.rows] ?? 10;
  return {
    x0: x(selection.startMs),
    x1: x(selection.endMs),
    y0: logPosition(selection.minDurationMs, low, high),
    y1: logPosition(selection.maxDurationMs, low, high),
  };
}

const steps: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

export function HeatmapChart(props: HeatmapChartProps) {
  const { heatmap, range, selection, onSelect } = props;
  const grid = useMemo(() => (heatmap === undefined ? null : gridOf(heatmap, range)), [heatmap, range]);
  const [hovered, setHovered] = useState<{ x: number; y: number } | null>(null);
  const draw = useCallback(
    (context: CanvasRenderingContext2D, area: Area) => {
      if (heatmap !== undefined) drawCells(context, area, heatmap, range);
    },
    [heatmap, range],
  );
  const cell = useMemo(() => {
    if (grid === null || hovered === null || heatmap === undefined) return null;
    const picked = snap({ x0: hovered.x, x1: hovered.x, y0: hovered.y, y1: hovered.y }, grid, range);
    const x = Math.round((picked.startMs - grid.startMs) / grid.bucketMs);
    const y = grid.edges.indexOf(picked.minDurationMs);
    return {
      ...picked,
      ...(heatmap.cells.find((one) => one.x === x && one.y === y) ?? { count: 0, errors: 0 }),
    };
  }, [grid, hovered, heatmap, range]);

  const onKeyDown = (event: KeyboardEvent) => {
    const step = steps[event.key];
    if (event.key === 'Escape' && selection !== null) onSelect(null);
    if (step === undefined || grid === null) return;
    event.preventDefault();
    const current =
      selection === null ? { x0: 0.5, x1: 0.5, y0: 0.5, y1: 0.5 } : rectOf(selection, grid, range);
    const dx = (step[0] * grid.bucketMs) / (range.endMs - range.startMs);
    const dy = step[1] / grid.rows;
    // Inner corners, so that rounding never slips into the neighbouring cell.
    const inset = { x: dx === 0 ? 1e-6 : Math.abs(dx) / 2, y: dy === 0 ? 1e-6 : Math.abs(dy) / 2 };
    const moved = {
      x0: current.x0 + inset.x + (event.shiftKey ? Math.min(0, dx) : dx),
      x1: current.x1 - inset.x + (event.shiftKey ? Math.max(0, dx) : dx),
      y0: current.y0 + inset.y + (event.shiftKey ? Math.min(0, dy) : dy),
      y1: current.y1 - inset.y + (event.shiftKey ? Math.max(0, dy) : dy),
    };
    if (moved.x0 >= 0 && moved.x1 <= 1 && moved.y0 >= 0 && moved.y1 <= 1) onSelect(snap(moved, grid, range));
  };

  return (
    <section className="chart panel chart-wide" aria-label="Latency heatmap">
      <div className="chart-head">
        <h2>Latency heatmap</h2>
        <span className="legend clip" aria-live="off">
          {cell === null ? (
            <span className="faint">Drag over cells to select spans</span>
          ) : (
            <>
              <b>{formatCount(cell.count)}</b> spans{' '}
              {cell.errors > 0 && <span className="bad">{formatCount(cell.errors)} errors</span>}{' '}
              <span className="faint">
                {formatDuration(cell.minDurationMs)} to {formatDuration(cell.maxDurationMs)} at{' '}
                {formatDateTime(cell.startMs).slice(11, 19)}
              </span>
            </>
          )}
        </span>
      </div>
      <Plot
        label="Latency heatmap over time. Drag, or use the arrow keys and Shift with them, to select an area; Escape clears it."
        draw={draw}
        brush="xy"
        selected={selection === null || grid === null ? null : rectOf(selection, grid, range)}
        hoverX={props.hoverX}
        onHover={(at) => {
          setHovered(at);
          props.onHover(at);
        }}
        onSelect={(rect) => grid !== null && onSelect(snap(rect, grid, range))}
        onKeyDown={onKeyDown}
      />
    </section>
  );
}
