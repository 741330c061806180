/** Tick values of a linear axis from 0: about `count` of them, at 1, 2 or 5 times a power of ten. */
export function linearTicks(max: number, count: number): readonly number[] {
  if (!(max > 0)) return [0];
  const rough = max / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? rough;
  const ticks: number[] = [];
  for (let index = 0; index * step <= max * 1.0001; index += 1) ticks.push(index * step);
  return ticks;
}

/** Powers of ten within a logarithmic axis, thinned to about `count`. */
export function logTicks(min: number, max: number, count: number): readonly number[] {
  const first = Math.ceil(Math.log10(min) - 1e-9);
  const last = Math.floor(Math.log10(max) + 1e-9);
  const step = Math.max(1, Math.ceil((last - first + 1) / count));
  const ticks: number[] = [];
  for (let power = first; power <= last; power += step) ticks.push(10 ** power);
  return ticks;
}

const timeSteps = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5,
  72e5, 108e5, 216e5, 432e5, 864e5, 1728e5, 6048e5,
];

/** Moments at human distances (a minute, a quarter, a day), aligned to local time. */
export function timeTicks(startMs: number, endMs: number, count: number): readonly number[] {
  const step = timeSteps.find((candidate) => (endMs - startMs) / candidate <= count) ?? 6048e5;
  const offset = new Date(startMs).getTimezoneOffset() * 6e4;
  const ticks: number[] = [];
  for (let tick = Math.ceil((startMs - offset) / step) * step + offset; tick <= endMs; tick += step)
    ticks.push(tick);
  return ticks;
}

/** Position 0 to 1 of a value on a logarithmic axis, clamped. */
export function logPosition(value: number, min: number, max: number): number {
  if (value <= min) return 0;
  return Math.min(1, Math.log(value / min) / Math.log(max / min));
}

/** A colour between two `#rrggbb` colours. */
export function mixColors(from: string, to: string, share: number): string {
  const channel = (color: string, at: number) => Number.parseInt(color.slice(at, at + 2), 16);
  const parts = [1, 3, 5].map((at) =>
    Math.round(channel(from, at) + (channel(to, at) - channel(from, at)) * share),
  );
  return `rgb(${parts.join(' ')})`;
}
