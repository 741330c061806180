/** A time range as the address has it: relative to now (`now-1h`, `now`) or a moment (RFC 3339 or ms). */
export interface RangeText {
  readonly from: string;
  readonly to: string;
}
export interface TimeRange {
  readonly startMs: number;
  readonly endMs: number;
}

export const defaultRange: RangeText = { from: 'now-1h', to: 'now' };

export const rangePresets = [
  { from: 'now-5m', label: 'Last 5 minutes' },
  { from: 'now-15m', label: 'Last 15 minutes' },
  { from: 'now-1h', label: 'Last hour' },
  { from: 'now-6h', label: 'Last 6 hours' },
  { from: 'now-24h', label: 'Last 24 hours' },
  { from: 'now-7d', label: 'Last 7 days' },
  { from: 'now-30d', label: 'Last 30 days' },
] as const;

const unitMs: Readonly<Record<string, number>> = { s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 };

/** A moment of the Unix epoch in milliseconds; null for what is no moment. */
export function parseMoment(text: string, nowMs: number): number | null {
  const trimmed = text.trim();
  const relative = trimmed.match(/^now(?:-(\d+)([smhdw]))?$/);
  if (relative !== null) return nowMs - Number(relative[1] ?? 0) * (unitMs[relative[2] ?? 's'] ?? 0);
  if (/^\d{12,14}$/.test(trimmed)) return Number(trimmed);
  const parsed = Date.parse(trimmed.replace(/^(\d{4}-\d\d-\d\d) /, '$1T'));
  return Number.isNaN(parsed) ? null : parsed;
}

/** An unreadable or reversed range falls back to the last hour, so that a bent address still opens. */
export function resolveRange(range: Partial<RangeText>, nowMs: number): TimeRange {
  const startMs = parseMoment(range.from ?? defaultRange.from, nowMs);
  const endMs = parseMoment(range.to ?? defaultRange.to, nowMs);
  if (startMs === null || endMs === null || startMs >= endMs) return { startMs: nowMs - 36e5, endMs: nowMs };
  return { startMs, endMs };
}

export function isRelative(range: Partial<RangeText>): boolean {
  return (range.to ?? defaultRange.to).startsWith('now');
}

export function absoluteText(range: TimeRange): RangeText {
  return {
    from: new Date(Math.floor(range.startMs)).toISOString(),
    to: new Date(Math.ceil(range.endMs)).toISOString(),
  };
}

/** The same moment, `factor` times as long, about its middle; never past now. */
export function widened(range: TimeRange, factor: number, nowMs: number): TimeRange {
  const middle = (range.startMs + range.endMs) / 2;
  const half = ((range.endMs - range.startMs) / 2) * factor;
  const endMs = Math.min(middle + half, Math.max(nowMs, range.endMs));
  return { startMs: middle - half, endMs };
}
