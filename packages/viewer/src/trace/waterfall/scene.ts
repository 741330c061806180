import type { TraceOutline, TraceTree } from '@utxoiq/model';
import type { CriticalIndex } from '../analysis.ts';
import type { TimeWindow } from './time-window.ts';

/** Where the parts of a waterfall are, in CSS pixels. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Width of the column of names; the bars begin right of it. */
  readonly nameWidth: number;
  readonly headerHeight: number;
  readonly rowHeight: number;
}

export interface Palette {
  readonly surface: string;
  readonly line: string;
  readonly text: string;
  readonly muted: string;
  readonly faint: string;
  readonly accent: string;
  readonly error: string;
  readonly selected: string;
  readonly hover: string;
}

/** Everything that a frame shows. */
export interface Scene {
  readonly outline: TraceOutline;
  readonly tree: TraceTree;
  /** The rows that are not inside a collapsed one, top to bottom. */
  readonly visible: Uint32Array;
  readonly collapsed: ReadonlySet<number>;
  readonly matches: Uint8Array | null;
  readonly critical: CriticalIndex | null;
  readonly serviceColors: readonly string[];
  readonly palette: Palette;
  readonly layout: Layout;
  /** Pixels of rows above the first one shown. */
  readonly top: number;
  readonly window: TimeWindow;
  readonly selectedRow: number;
  readonly hoveredRow: number;
}

/** Deeper rows stand no further right, and say how deep they are instead. */
const maxIndents = 20;

/** A column as narrow as on a telephone keeps its room for names. */
export function isNarrow({ nameWidth }: Layout): boolean {
  return nameWidth < 200;
}

export function indentOf(depth: number, layout: Layout): number {
  const indentPx = isNarrow(layout) ? 3 : layout.nameWidth < 320 ? 7 : 12;
  return 6 + Math.min(depth, maxIndents) * indentPx;
}
export function isBeyondIndents(depth: number): boolean {
  return depth > maxIndents;
}

/** Width of the part with the bars; a little room stays at its right for a bar's end to be seen. */
export function barsWidth(layout: Layout): number {
  return Math.max(1, layout.width - layout.nameWidth - 10);
}
export function timeToX(layout: Layout, window: TimeWindow, nanos: number): number {
  return layout.nameWidth + ((nanos - window.from) / (window.to - window.from)) * barsWidth(layout);
}
export function xToTime(layout: Layout, window: TimeWindow, x: number): number {
  return window.from + ((x - layout.nameWidth) / barsWidth(layout)) * (window.to - window.from);
}

/** The place in `visible` under a point, -1 for none. */
export function placeAt(scene: Scene, y: number): number {
  if (y < scene.layout.headerHeight) return -1;
  const place = Math.floor((y - scene.layout.headerHeight + scene.top) / scene.layout.rowHeight);
  return place < scene.visible.length ? place : -1;
}
