import type { CallTree, FlameBoxes } from '@utxoiq/model';
import { shownName } from '../../design/shown-name.ts';
import { rowFont } from '../waterfall/draw.ts';
import { fitText } from '../waterfall/fit-text.ts';
import type { Palette } from '../waterfall/scene.ts';

export const boxHeight = 21;

/** What is drawn: spans that came the same way as one box. */
export interface Flame {
  readonly calls: CallTree;
  readonly boxes: FlameBoxes;
  readonly colorOf: (node: number) => string;
  readonly palette: Palette;
}

export interface FlameView {
  readonly width: number;
  readonly height: number;
  readonly top: number;
  /** The node that fills the width; -1 for all. */
  readonly focus: number;
  readonly hovered: number;
}

/** Which part of the flame graph's width is shown. */
function extent({ boxes }: Flame, focus: number): { from: number; width: number } {
  if (focus < 0) return { from: 0, width: Math.max(1, boxes.totalNanos) };
  return { from: boxes.x[focus] ?? 0, width: Math.max(1, boxes.widths[focus] ?? 1) };
}

/** Boxes that cannot be seen, and all that lies below them, cost nothing. */
export function drawFlame(context: CanvasRenderingContext2D, flame: Flame, view: FlameView): void {
  const { calls, boxes, palette } = flame;
  const { from, width } = extent(flame, view.focus);
  const perNano = view.width / width;
  context.font = rowFont;
  context.textBaseline = 'middle';
  const { order, depths, subtreeSizes } = calls.forest;
  for (let position = 0; position < order.length; ) {
    const node = order[position] ?? 0;
    const left = ((boxes.x[node] ?? 0) - from) * perNano;
    const wide = (boxes.widths[node] ?? 0) * perNano;
    // Nothing below a box that cannot be seen can be seen.
    if (wide < 0.4 || left > view.width || left + wide < 0) {
      position += subtreeSizes[node] ?? 1;
      continue;
    }
    position += 1;
    const y = (depths[node] ?? 0) * boxHeight - view.top;
    if (y < -boxHeight || y > view.height) continue;
    const x = Math.max(0, left);
    const shown = Math.min(view.width, left + wide) - x;
    const errors = calls.sides[0]?.errors[node] ?? 0;
    context.fillStyle = node === view.hovered ? palette.accent : flame.colorOf(node);
    context.fillRect(x, y, Math.max(0.5, shown - 1), boxHeight - 1);
    if (errors > 0) {
      context.fillStyle = palette.error;
      context.fillRect(x, y + boxHeight - 4, Math.max(0.5, shown - 1), 3);
    }
    if (shown < 30) continue;
    context.fillStyle = palette.surface;
    context.fillText(
      fitText(context, shownName(calls.names[node] ?? ''), shown - 10),
      x + 5,
      y + boxHeight / 2,
    );
  }
}

/** The node at a point, -1 for none. */
export function nodeAt(flame: Flame, view: FlameView, x: number, y: number): number {
  const depth = Math.floor((y + view.top) / boxHeight);
  const { from, width } = extent(flame, view.focus);
  const nanos = from + (x / view.width) * width;
  const { order, depths, subtreeSizes } = flame.calls.forest;
  for (let position = 0; position < order.length; ) {
    const node = order[position] ?? 0;
    const left = flame.boxes.x[node] ?? 0;
    const inside = nanos >= left && nanos < left + (flame.boxes.widths[node] ?? 0);
    if (inside && depths[node] === depth) return node;
    position += inside ? 1 : (subtreeSizes[node] ?? 1);
  }
  return -1;
}
