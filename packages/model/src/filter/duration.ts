const units: readonly (readonly [unit: string, nanos: bigint])[] = [
  ['h', 3_600_000_000_000n],
  ['m', 60_000_000_000n],
  ['s', 1_000_000_000n],
  ['ms', 1_000_000n],
  ['us', 1_000n],
  ['ns', 1n],
];
const nanosOf = new Map<string, bigint>([...units, ['µs', 1_000n], ['μs', 1_000n], ['', 1_000_000n]]);
const maxNanos = 2n ** 63n - 1n;

/** Cloud Trace's durations: a whole number of `s`, `ms` or `ns`; without a unit, milliseconds. */
export function parseCloudTraceDuration(text: string): bigint | null {
  const match = /^(\d{1,19})(s|ms|ns)?$/.exec(text);
  return match === null ? null : bounded(BigInt(match[1] ?? '') * unitNanos(match[2]));
}

/** The same, and also fractions, `us`, `m` and `h`. What is below a nanosecond is cut off. */
export function parseQueryDuration(text: string): bigint | null {
  const match = /^(\d{1,19})(?:\.(\d{1,9}))?(ns|us|µs|μs|ms|s|m|h)?$/.exec(text);
  if (match === null) return null;
  const [, whole = '', fraction = '', unit] = match;
  return bounded((BigInt(whole + fraction) * unitNanos(unit)) / 10n ** BigInt(fraction.length));
}

function unitNanos(unit: string | undefined): bigint {
  return nanosOf.get(unit ?? '') ?? 1n;
}

function bounded(nanos: bigint): bigint | null {
  return nanos <= maxNanos ? nanos : null;
}

/** In the largest of `s`, `ms`, `us` and `ns` that takes no fraction. */
export function formatFilterDuration(nanos: bigint): string {
  const [unit, size] = units.slice(2).find(([, divisor]) => nanos % divisor === 0n) ?? ['ns', 1n];
  return `${nanos / size}${unit}`;
}
