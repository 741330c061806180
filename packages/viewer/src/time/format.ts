import { formatDuration as formatNanos } from '@utxoiq/model';

function threeDigits(value: number): string {
  if (value === 0) return '0';
  if (value >= 100) return value.toFixed(0);
  const text = value >= 10 ? value.toFixed(1) : value.toFixed(2);
  return text.replace(/\.?0+$/, '');
}

/** A duration in three significant digits and its natural unit: `1.24 ms`, `3 m 20 s`. */
export function formatDuration(ms: number): string {
  return Number.isFinite(ms) ? formatNanos(ms * 1e6) : '–';
}

export function formatCount(count: number): string {
  if (count < 10_000) return count.toLocaleString('en-US');
  if (count < 1e6) return `${threeDigits(count / 1e3)} k`;
  if (count < 1e9) return `${threeDigits(count / 1e6)} M`;
  return `${threeDigits(count / 1e9)} G`;
}

export function formatRate(perSecond: number): string {
  if (perSecond === 0) return '0/s';
  if (perSecond < 0.1) return `${threeDigits(perSecond * 60)}/min`;
  return perSecond < 1000 ? `${threeDigits(perSecond)}/s` : `${formatCount(perSecond)}/s`;
}

export function formatShare(share: number): string {
  if (share > 0 && share < 0.001) return '<0.1 %';
  return `${threeDigits(share * 100)} %`;
}

const pad = (value: number, digits = 2) => String(value).padStart(digits, '0');

/** Local wall-clock time with as many parts as `spanMs`, the width of what is shown, needs. */
export function formatTick(ms: number, spanMs: number): string {
  const date = new Date(ms);
  const clock = `${pad(date.getHours())}:${pad(date.getMinutes())}`;
  if (spanMs > 3 * 864e5) return `${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  if (spanMs > 864e5) return `${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${clock}`;
  if (spanMs > 10 * 6e4) return clock;
  if (spanMs > 5e3) return `${clock}:${pad(date.getSeconds())}`;
  return `${pad(date.getSeconds())}.${pad(date.getMilliseconds(), 3)}`;
}

export function formatDateTime(ms: number): string {
  const date = new Date(ms);
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}.${pad(date.getMilliseconds(), 3)}`;
}

/** As `formatDateTime`, without the day when it is today's. */
export function formatRecent(ms: number, nowMs: number): string {
  const text = formatDateTime(ms);
  return text.slice(0, 10) === formatDateTime(nowMs).slice(0, 10) ? text.slice(11) : text.slice(5);
}

/** The same to the second. */
export const formatMoment = (ms: number, nowMs: number): string =>
  formatRecent(ms, nowMs).slice(0, -'.123'.length);
