const steps: readonly (readonly [unit: string, nanos: number])[] = [
  ['s', 1e9],
  ['ms', 1e6],
  ['µs', 1e3],
  ['ns', 1],
];

/**
 * A duration as a person reads it: three significant digits and one unit below a minute (`1.24 ms`), two
 * units above (`2 m 5 s`, `3 h 20 m`, `2 d 1 h`).
 */
export function formatDuration(nanos: number): string {
  if (nanos < 0) return `-${formatDuration(-nanos)}`;
  if (nanos >= 59.95e9) return formatLong(Math.round(nanos / 1e9));
  // A value that three digits would round up to a thousand takes the next unit.
  const [unit, size] = steps.find(([, nanosEach]) => nanos >= nanosEach * 0.9995) ?? ['ns', 1];
  const value = nanos / size;
  const digits = value >= 99.95 || unit === 'ns' ? 0 : value >= 9.995 ? 1 : 2;
  return `${Number(value.toFixed(digits))} ${unit}`;
}

function formatLong(seconds: number): string {
  const [days, hours, minutes] = [86_400, 3600, 60].map((size) => Math.floor(seconds / size)) as [
    number,
    number,
    number,
  ];
  if (days > 0) return two(days, 'd', hours % 24, 'h');
  if (hours > 0) return two(hours, 'h', minutes % 60, 'm');
  return two(minutes, 'm', seconds % 60, 's');
}

function two(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
