/** An attribute's value as text: JSON, with what JSON has no form for (`1n`, `NaN`, bytes) inside of it too. */
export function showValue(value: unknown): string {
  return JSON.stringify(value, plain)?.replaceAll(MARKED, '$1') ?? String(value);
}

const MARK = '\u0000';
const MARKED = /"\\u0000([^"]*)"/g;

function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${MARK}${value}n`;
  if (typeof value === 'number' && !Number.isFinite(value)) return `${MARK}${value}`;
  if (value instanceof Uint8Array) return `${MARK}bytes(${Buffer.from(value).toString('hex')})`;
  return value;
}
