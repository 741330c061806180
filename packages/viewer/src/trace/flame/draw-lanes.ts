import { outlineIsError, type TraceOutline, timeTicks } from '@utxoiq/model';
import { rowName } from '../../design/shown-name.ts';
import type { CriticalIndex } from '../analysis.ts';
import { drawCritical, rowFont } from '../waterfall/draw.ts';
import { fitText } from '../waterfall/fit-text.ts';
import { barsWidth, type Layout, type Palette, timeToX, xToTime } from '../waterfall/scene.ts';
import type { TimeWindow } from '../waterfall/time-window.ts';
import { firstEndingAfter, type LaneIndex } from './lane-index.ts';

/** What a frame of the flame graph over time shows. `layout.rowHeight` is a lane's. */
export interface LaneScene {
  readonly outline: TraceOutline;
  readonly index: LaneIndex;
  readonly laneCount: number;
  readonly serviceColors: readonly string[];
  readonly palette: Palette;
  readonly layout: Layout;
  readonly window: TimeWindow;
  readonly top: number;
  readonly selectedRow: number;
  readonly hoveredRow: number;
  readonly matches: Uint8Array | null;
  readonly critical: CriticalIndex | null;
}

/** Looks at no more spans than there are pixels to show them in, however large the trace is. */
export function drawLanes(context: CanvasRenderingContext2D, scene: LaneScene): void {
  const { layout, top, laneCount } = scene;
  context.textBaseline = 'middle';
  context.font = rowFont;
  drawGrid(context, scene);
  const first = Math.max(0, Math.floor(top / layout.rowHeight));
  const last = Math.min(laneCount, Math.ceil((top + layout.height) / layout.rowHeight));
  context.save();
  context.beginPath();
  context.rect(0, layout.headerHeight, layout.width, layout.height);
  context.clip();
  for (let lane = first; lane < last; lane += 1) drawLane(context, scene, lane);
  context.restore();
}

function drawLane(context: CanvasRenderingContext2D, scene: LaneScene, lane: number): void {
  const { outline, index, layout, window } = scene;
  const end = index.offsets[lane + 1] ?? 0;
  const pixelNanos = (window.to - window.from) / barsWidth(layout);
  let place = firstEndingAfter(index, outline, lane, window.from);
  while (place < end) {
    const row = index.rows[place] ?? 0;
    const start = outline.startNanos[row] ?? 0;
    if (start > window.to) return;
    const stop = start + (outline.durationNanos[row] ?? 0);
    drawBox(context, scene, { row, lane, start, stop });
    // What lies within the pixel just drawn would be drawn over it.
    place = Math.max(
      place + 1,
      firstEndingAfter(index, outline, lane, Math.max(stop, start + pixelNanos), place),
    );
  }
}

interface LaneBox {
  readonly row: number;
  readonly lane: number;
  readonly start: number;
  readonly stop: number;
}

function drawBox(context: CanvasRenderingContext2D, scene: LaneScene, { row, lane, start, stop }: LaneBox) {
  const { outline, layout, window, palette, matches } = scene;
  const left = Math.max(-2, timeToX(layout, window, start));
  const right = Math.min(layout.width + 2, timeToX(layout, window, stop));
  const y = layout.headerHeight + lane * layout.rowHeight - scene.top;
  const width = Math.max(1, right - left - (right - left > 4 ? 1 : 0));
  const height = layout.rowHeight - 1;
  const isFaded = matches !== null && matches[row] !== 1;
  context.globalAlpha = isFaded ? 0.35 : 1;
  context.fillStyle =
    row === scene.hoveredRow
      ? palette.accent
      : (scene.serviceColors[outline.serviceIndexes[row] ?? 0] ?? palette.muted);
  context.fillRect(left, y, width, height);
  if (outlineIsError(outline.flags[row] ?? 0)) {
    context.fillStyle = palette.error;
    context.fillRect(left, y, width, 3);
  }
  drawCritical(context, scene, row, y + height - 2);
  if (row === scene.selectedRow) {
    context.strokeStyle = palette.text;
    context.lineWidth = 2;
    context.strokeRect(left + 1, y + 1, Math.max(1, width - 2), height - 2);
  }
  if (width > 30) {
    context.fillStyle = palette.surface;
    const name = rowName(outline, row);
    context.fillText(fitText(context, name, width - 10), Math.max(0, left) + 5, y + height / 2);
  }
  context.globalAlpha = 1;
}

function drawGrid(context: CanvasRenderingContext2D, { layout, window, palette }: LaneScene): void {
  const widthPx = barsWidth(layout);
  const view = { startNanos: window.from, endNanos: window.to, widthPx };
  for (const { x, label } of timeTicks(view, Math.max(3, Math.floor(widthPx / 110)))) {
    context.fillStyle = palette.line;
    context.fillRect(Math.round(x), 0, 1, layout.height);
    context.fillStyle = palette.faint;
    context.fillText(label, x + 4, layout.headerHeight / 2);
  }
  context.fillStyle = palette.line;
  context.fillRect(0, layout.headerHeight - 1, layout.width, 1);
}

/** The row at a point, -1 for none; a pixel to either side counts, as thin spans are hard to meet. */
export function rowAt(scene: LaneScene, x: number, y: number): number {
  const { layout, outline, index, window } = scene;
  const lane = Math.floor((y - layout.headerHeight + scene.top) / layout.rowHeight);
  if (y < layout.headerHeight || lane < 0 || lane >= scene.laneCount) return -1;
  const place = firstEndingAfter(index, outline, lane, xToTime(layout, window, x - 1));
  const row = index.rows[place] ?? -1;
  if (place >= (index.offsets[lane + 1] ?? 0)) return -1;
  return (outline.startNanos[row] ?? 0) <= xToTime(layout, window, x + 1) ? row : -1;
}
