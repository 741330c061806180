import { formatDuration } from './duration-text.ts';
import { type TimeView, timeToX } from './time-scale.ts';

/** A mark of the time axis: nanoseconds after the trace's start, pixels from the left, and its text. */
export interface Tick {
  readonly nanos: number;
  readonly x: number;
  readonly label: string;
}

const longSteps = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
];

/** Ticks at round times, at most `maxTicks` of them and, where the view has the room, at least a third as many. */
export function timeTicks(view: TimeView, maxTicks: number): Tick[] {
  const step = tickStep(view.endNanos - view.startNanos, maxTicks);
  const first = Math.ceil(view.startNanos / step);
  const last = Math.floor(view.endNanos / step);
  const ticks: Tick[] = [];
  for (let i = first; i <= last && ticks.length < maxTicks; i++) {
    const nanos = i * step;
    ticks.push({ nanos, x: timeToX(view, nanos), label: tickLabel(nanos, step) });
  }
  return ticks;
}

/** The smallest step in human units that gives no more than `maxTicks` ticks. */
export function tickStep(lengthNanos: number, maxTicks: number): number {
  // One tick more than steps can fall into a view.
  const least = Math.max(1, lengthNanos / Math.max(1, maxTicks - 1));
  const long = longSteps.find((seconds) => seconds * 1e9 >= least);
  if (least > 0.5e9 && long !== undefined) return long * 1e9;
  if (least > 0.5e9) return Math.ceil(least / 86_400e9) * 86_400e9;
  const power = 10 ** Math.floor(Math.log10(least));
  const digit = [1, 2, 5, 10].find((one) => one * power >= least * (1 - 1e-9)) ?? 10;
  return digit * power;
}

/** Exact to the step, so that neighbouring labels differ, in the unit that suits the value. */
function tickLabel(nanos: number, step: number): string {
  if (nanos === 0) return '0';
  if (nanos >= 60e9 && step >= 1e9) return formatDuration(nanos);
  const [unit, size] =
    nanos >= 1e9
      ? (['s', 1e9] as const)
      : nanos >= 1e6
        ? (['ms', 1e6] as const)
        : nanos >= 1e3
          ? (['µs', 1e3] as const)
          : (['ns', 1] as const);
  const digits = Math.max(0, Math.ceil(Math.log10(size / step) - 1e-9));
  return `${Number((nanos / size).toFixed(digits))} ${unit}`;
}
