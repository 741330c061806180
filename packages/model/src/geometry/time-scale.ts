/** The stretch of time that is in view, in nanoseconds after the trace's start, and how wide it is drawn. */
export interface TimeView {
  readonly startNanos: number;
  readonly endNanos: number;
  readonly widthPx: number;
}

/** The whole that can be looked at. */
export interface TimeLimits {
  readonly startNanos: number;
  readonly endNanos: number;
}

/** No view is narrower: below it, pixels are finer than clocks. */
const minViewNanos = 10;

/** Nanoseconds after the trace's start to pixels from the left of the view; may lie outside of it. */
export function timeToX(view: TimeView, nanos: number): number {
  return ((nanos - view.startNanos) / spanOf(view)) * view.widthPx;
}

/** Pixels from the left of the view to nanoseconds after the trace's start: the inverse of `timeToX`. */
export function xToTime(view: TimeView, x: number): number {
  return view.startNanos + (x / Math.max(1, view.widthPx)) * spanOf(view);
}

/** A horizontal bar in pixels, cut to the view; null where nothing of it is in view. */
export interface Bar {
  readonly x: number;
  readonly width: number;
}

/** A span's bar, at least `minWidthPx` wide so that it can be seen and hit. */
export function barOf(view: TimeView, startNanos: number, durationNanos: number, minWidthPx = 1): Bar | null {
  const left = timeToX(view, startNanos);
  const right = Math.max(timeToX(view, startNanos + durationNanos), left + minWidthPx);
  if (right < 0 || left > view.widthPx) return null;
  // Cut a little outside, so that a bar that goes on shows no end.
  const x = Math.max(left, -minWidthPx);
  return { x, width: Math.min(right, view.widthPx + minWidthPx) - x };
}

/** Zooms by `factor` (2 shows half as much) and keeps what is at `x` where it is. */
export function zoomView(view: TimeView, factor: number, x: number, limits: TimeLimits): TimeView {
  const anchor = xToTime(view, x);
  const length = Math.min(Math.max(spanOf(view) / factor, minViewNanos), spanOf(limits));
  const startNanos = anchor - (x / Math.max(1, view.widthPx)) * length;
  return within({ ...view, startNanos, endNanos: startNanos + length }, limits);
}

/** Moves the view by pixels, to the right for positive ones. */
export function panView(view: TimeView, deltaPx: number, limits: TimeLimits): TimeView {
  const delta = (deltaPx / Math.max(1, view.widthPx)) * spanOf(view);
  return within({ ...view, startNanos: view.startNanos + delta, endNanos: view.endNanos + delta }, limits);
}

/** Shows exactly this stretch, in either order, cut to the limits. */
export function selectView(view: TimeView, aNanos: number, bNanos: number, limits: TimeLimits): TimeView {
  const startNanos = Math.min(aNanos, bNanos);
  const endNanos = Math.max(aNanos, bNanos, startNanos + minViewNanos);
  return within({ ...view, startNanos, endNanos }, limits);
}

function within(view: TimeView, limits: TimeLimits): TimeView {
  const length = Math.min(view.endNanos - view.startNanos, spanOf(limits));
  const latest = Math.max(limits.startNanos, limits.startNanos + spanOf(limits) - length);
  const startNanos = Math.min(Math.max(view.startNanos, limits.startNanos), latest);
  return { ...view, startNanos, endNanos: startNanos + length };
}

function spanOf(view: TimeLimits): number {
  return Math.max(view.endNanos - view.startNanos, 1);
}
