import { panView, selectView, type TimeView, type TraceOutline, zoomView } from '@utxoiq/model';

/** The part of a trace's time that is shown, in nanoseconds after its start. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** A view one pixel wide: positions in it are shares. */
const viewOf = ({ from, to }: TimeWindow): TimeView => ({ startNanos: from, endNanos: to, widthPx: 1 });
const windowOf = ({ startNanos, endNanos }: TimeView): TimeWindow => ({ from: startNanos, to: endNanos });
const limitsOf = (total: number) => ({ startNanos: 0, endNanos: Math.max(1, total) });

/** Exactly this stretch, in either order, moved inside 0 to `total`. */
export function clampWindow(window: TimeWindow, total: number): TimeWindow {
  return windowOf(selectView(viewOf(window), window.from, window.to, limitsOf(total)));
}

/** `factor` below 1 zooms in; the moment at `share` (0 to 1) of the window stays where it is. */
export function zoomWindow(window: TimeWindow, factor: number, share: number, total: number): TimeWindow {
  return windowOf(zoomView(viewOf(window), 1 / factor, share, limitsOf(total)));
}

/** Moves by a share of the window's own width. */
export function panWindow(window: TimeWindow, share: number, total: number): TimeWindow {
  return windowOf(panView(viewOf(window), share, limitsOf(total)));
}

export function isWhole(window: TimeWindow, total: number): boolean {
  return window.from <= 0 && window.to >= total;
}

/** `from-to` in whole nanoseconds, as the address keeps it; undefined for the whole trace. */
export function formatWindow(window: TimeWindow, total: number): string | undefined {
  return isWhole(window, total) ? undefined : `${Math.round(window.from)}-${Math.round(window.to)}`;
}

export function parseWindow(text: string | undefined, total: number): TimeWindow {
  const match = text?.match(/^(\d{1,18})-(\d{1,18})$/);
  if (match == null) return { from: 0, to: Math.max(1, total) };
  return clampWindow({ from: Number(match[1]), to: Number(match[2]) }, total);
}

/** A row with a little room at either side. */
export function windowAround(
  { startNanos, durationNanos }: TraceOutline,
  row: number,
  total: number,
): TimeWindow {
  const start = startNanos[row] ?? 0;
  const long = durationNanos[row] ?? 0;
  return clampWindow({ from: start - long * 0.05, to: start + long * 1.05 }, total);
}
