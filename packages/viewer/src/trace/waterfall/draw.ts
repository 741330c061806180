import { outlineIsError, type Tick, TreeIssue, timeTicks } from '@utxoiq/model';
import { rowName } from '../../design/shown-name.ts';
import { formatCount, formatDuration } from '../../time/format.ts';
import { fitText, textWidth } from './fit-text.ts';
import { barsWidth, indentOf, isBeyondIndents, isNarrow, type Scene, timeToX } from './scene.ts';

const family = 'system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif';
export const rowFont = `12px ${family}`;
const smallFont = `11px ${family}`;

/** One frame: only what the window shows is looked at, so its cost does not depend on the trace's size. */
export function drawWaterfall(context: CanvasRenderingContext2D, scene: Scene): void {
  const { layout, top, visible } = scene;
  const first = Math.max(0, Math.floor(top / layout.rowHeight));
  const last = Math.min(visible.length, Math.ceil((top + layout.height) / layout.rowHeight) + 1);
  context.textBaseline = 'middle';
  drawBackgrounds(context, scene, first, last);
  context.save();
  context.beginPath();
  context.rect(layout.nameWidth, layout.headerHeight, layout.width - layout.nameWidth, layout.height);
  context.clip();
  drawGrid(context, scene);
  for (let place = first; place < last; place += 1) drawBar(context, scene, place);
  context.restore();
  context.save();
  context.beginPath();
  context.rect(0, layout.headerHeight, layout.nameWidth - 1, layout.height);
  context.clip();
  for (let place = first; place < last; place += 1) drawName(context, scene, place);
  context.restore();
  drawHeader(context, scene);
}

function rowTop({ layout, top }: Scene, place: number): number {
  return layout.headerHeight + place * layout.rowHeight - top;
}

function drawBackgrounds(context: CanvasRenderingContext2D, scene: Scene, first: number, last: number): void {
  const { layout, palette, visible, matches } = scene;
  for (let place = first; place < last; place += 1) {
    const row = visible[place] ?? 0;
    const y = rowTop(scene, place);
    if (row === scene.selectedRow) context.fillStyle = palette.selected;
    else if (row === scene.hoveredRow) context.fillStyle = palette.hover;
    else continue;
    context.fillRect(0, y, layout.width, layout.rowHeight);
  }
  if (matches !== null) {
    context.fillStyle = palette.accent;
    for (let place = first; place < last; place += 1) {
      if (matches[visible[place] ?? 0] === 1) context.fillRect(0, rowTop(scene, place), 3, layout.rowHeight);
    }
  }
}

function ticksOf({ window, layout }: Scene): readonly Tick[] {
  const widthPx = barsWidth(layout);
  return timeTicks(
    { startNanos: window.from, endNanos: window.to, widthPx },
    Math.max(3, Math.floor(widthPx / 110)),
  );
}

function drawGrid(context: CanvasRenderingContext2D, scene: Scene): void {
  context.fillStyle = scene.palette.line;
  for (const { x } of ticksOf(scene)) {
    context.fillRect(Math.round(scene.layout.nameWidth + x), 0, 1, scene.layout.height);
  }
}

function drawHeader(context: CanvasRenderingContext2D, scene: Scene): void {
  const { layout, palette } = scene;
  context.fillStyle = palette.surface;
  context.fillRect(0, 0, layout.width, layout.headerHeight);
  context.fillStyle = palette.line;
  context.fillRect(0, layout.headerHeight - 1, layout.width, 1);
  context.fillRect(layout.nameWidth - 1, 0, 1, layout.height);
  context.font = smallFont;
  context.fillStyle = palette.faint;
  const middle = layout.headerHeight / 2;
  const count = scene.visible.length;
  context.fillText(`${formatCount(count)} of ${formatCount(scene.outline.size)} spans`, 10, middle);
  for (const tick of ticksOf(scene)) {
    const x = layout.nameWidth + tick.x;
    if (x + textWidth(context, tick.label) + 4 < layout.width) context.fillText(tick.label, x + 4, middle);
  }
}

function drawBar(context: CanvasRenderingContext2D, scene: Scene, place: number): void {
  const { layout, outline, palette, window } = scene;
  const row = scene.visible[place] ?? 0;
  const start = outline.startNanos[row] ?? 0;
  const duration = outline.durationNanos[row] ?? 0;
  const left = Math.max(layout.nameWidth - 4, timeToX(layout, window, start));
  const right = Math.min(layout.width + 4, timeToX(layout, window, start + duration));
  const y = rowTop(scene, place) + 5;
  const height = layout.rowHeight - 10;
  const label = formatDuration(duration / 1e6);
  if (right < layout.nameWidth || left > layout.width) {
    drawOutside(context, scene, place, left > layout.width);
    return;
  }
  const width = Math.max(2, right - left);
  context.fillStyle = scene.serviceColors[outline.serviceIndexes[row] ?? 0] ?? palette.muted;
  context.fillRect(left, y, width, height);
  if (outlineIsError(outline.flags[row] ?? 0)) {
    context.fillStyle = palette.error;
    context.fillRect(left, y, 3, height);
    context.fillRect(left, y, width, 1.5);
    context.fillRect(left, y + height - 1.5, width, 1.5);
  }
  drawCritical(context, scene, row, y + height);
  context.font = smallFont;
  context.fillStyle = palette.muted;
  const labelWidth = textWidth(context, label);
  const middle = y + height / 2 + 0.5;
  if (right + labelWidth + 8 < layout.width) context.fillText(label, left + width + 5, middle);
  else if (left - labelWidth - 6 > layout.nameWidth) context.fillText(label, left - labelWidth - 5, middle);
  else {
    context.fillStyle = palette.surface;
    context.fillText(label, Math.max(left, layout.nameWidth) + 6, middle);
  }
}

/** A small arrow towards a bar that lies outside the window. */
function drawOutside(context: CanvasRenderingContext2D, scene: Scene, place: number, isRight: boolean): void {
  const { layout, palette } = scene;
  const y = rowTop(scene, place) + layout.rowHeight / 2;
  const x = isRight ? layout.width - 4 : layout.nameWidth + 3;
  const tip = isRight ? 4 : -4;
  context.fillStyle = palette.faint;
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x - tip, y - 3);
  context.lineTo(x - tip, y + 3);
  context.fill();
}

/** The stretches in which the whole trace waits for this row, as a line at its foot. */
export function drawCritical(
  context: CanvasRenderingContext2D,
  scene: Pick<Scene, 'critical' | 'layout' | 'window' | 'palette'>,
  row: number,
  bottom: number,
): void {
  const { critical, layout, window, palette } = scene;
  if (critical === null) return;
  context.fillStyle = palette.text;
  const end = critical.offsets[row + 1] ?? 0;
  for (let index = critical.offsets[row] ?? 0; index < end; index += 1) {
    const left = Math.max(layout.nameWidth, timeToX(layout, window, critical.starts[index] ?? 0));
    const right = Math.min(layout.width, timeToX(layout, window, critical.ends[index] ?? 0));
    if (right >= left) context.fillRect(left, bottom - 1, Math.max(1, right - left), 3);
  }
}

function drawName(context: CanvasRenderingContext2D, scene: Scene, place: number): void {
  const { layout, outline, palette, tree } = scene;
  const row = scene.visible[place] ?? 0;
  const depth = tree.depths[row] ?? 0;
  const x = indentOf(depth, layout);
  const y = rowTop(scene, place);
  const middle = y + layout.rowHeight / 2;
  context.fillStyle = palette.line;
  for (let level = 1; level <= depth && level <= 20; level += 1) {
    context.fillRect(indentOf(level - 1, layout) + 5, y, 1, layout.rowHeight);
  }
  const hidden = scene.collapsed.has(row) ? (tree.subtreeSizes[row] ?? 1) - 1 : 0;
  if ((tree.subtreeSizes[row] ?? 1) > 1) drawToggle(context, x + 5, middle, hidden > 0, palette.muted);
  const service = outline.serviceIndexes[row] ?? 0;
  context.fillStyle = scene.serviceColors[service] ?? palette.muted;
  context.fillRect(x + 15, middle - 6, 3, 12);
  const name = rowName(outline, row);
  const nameColor = outlineIsError(outline.flags[row] ?? 0) ? palette.error : palette.text;
  const note = noteOf(scene, row, hidden);
  const pieces: readonly Piece[] = [
    { text: note, font: smallFont, color: palette.accent },
    { text: name, font: rowFont, color: nameColor },
    { text: outline.services[service] ?? '', font: smallFont, color: palette.faint },
  ];
  drawPieces(context, isNarrow(layout) ? [...pieces.slice(1, 2), ...pieces.slice(0, 1)] : pieces, {
    x: x + 23,
    end: layout.nameWidth - 8,
    middle: middle + 0.5,
  });
}

interface Piece {
  readonly text: string;
  readonly font: string;
  readonly color: string;
}

/** Texts beside each other, the last one that has room cut. */
function drawPieces(
  context: CanvasRenderingContext2D,
  pieces: readonly Piece[],
  { x, end, middle }: { readonly x: number; readonly end: number; readonly middle: number },
): void {
  let at = x;
  for (const { text, font, color } of pieces) {
    if (text === '' || end - at < 24) continue;
    context.font = font;
    context.fillStyle = color;
    const shown = fitText(context, text, end - at);
    context.fillText(shown, at, middle);
    at += textWidth(context, shown) + 7;
  }
}

/** What sets a row apart, before its name: hidden rows, a lost parent, a depth past the indents. */
function noteOf({ tree }: Scene, row: number, hidden: number): string {
  const parts: string[] = [];
  const issues = tree.issues[row] ?? 0;
  const depth = tree.depths[row] ?? 0;
  if (hidden > 0) parts.push(`+${formatCount(hidden)}`);
  if ((issues & TreeIssue.missingParent) !== 0) parts.push('parent missing');
  if ((issues & TreeIssue.cycle) !== 0) parts.push('cycle');
  if ((issues & TreeIssue.duplicateId) !== 0) parts.push('same id twice');
  if (isBeyondIndents(depth)) parts.push(`level ${depth}`);
  return parts.join(', ');
}

function drawToggle(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  closed: boolean,
  color: string,
): void {
  context.fillStyle = color;
  context.beginPath();
  if (closed) {
    context.moveTo(x - 2, y - 4);
    context.lineTo(x + 3, y);
    context.lineTo(x - 2, y + 4);
  } else {
    context.moveTo(x - 4, y - 2);
    context.lineTo(x + 4, y - 2);
    context.lineTo(x, y + 3);
  }
  context.fill();
}
