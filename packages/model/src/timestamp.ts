const timestampPattern =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/**
 * RFC 3339 in UTC, with 0, 3, 6 or 9 fraction digits, as many as the value needs (the way proto3 JSON prints
 * a `Timestamp`).
 */
export function formatUnixNano(unixNano: bigint): string {
  const nanos = ((unixNano % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const seconds = (unixNano - nanos) / 1_000_000_000n;
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, -5)}${fraction(Number(nanos))}Z`;
}

function fraction(nanos: number): string {
  if (nanos === 0) return '';
  const digits = String(nanos).padStart(9, '0');
  if (digits.endsWith('000000')) return `.${digits.slice(0, 3)}`;
  return digits.endsWith('000') ? `.${digits.slice(0, 6)}` : `.${digits}`;
}

/**
 * RFC 3339 with 0 to 9 fraction digits and any offset, as nanoseconds of the Unix epoch; null if it is none,
 * also for days that do not exist. A leap second (`:60`) counts as the second after it.
 */
export function parseTimestamp(text: string): bigint | null {
  const match = timestampPattern.exec(text);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as Six;
  if (hour > 23 || minute > 59 || second > 60) return null;
  const millis = utcMillis(year, month, day);
  const offset = offsetSeconds(match[8], match[9], match[10]);
  if (millis === null || offset === null) return null;
  const seconds = millis / 1000 + hour * 3600 + minute * 60 + second - offset;
  return BigInt(seconds) * 1_000_000_000n + BigInt((match[7] ?? '').padEnd(9, '0'));
}

type Six = [number, number, number, number, number, number];

function utcMillis(year: number, month: number, day: number): number | null {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : null;
}

function offsetSeconds(sign: string | undefined, hours = '0', minutes = '0'): number | null {
  if (Number(hours) > 23 || Number(minutes) > 59) return null;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
}
