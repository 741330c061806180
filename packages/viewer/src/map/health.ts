import type { Red } from '../api/types.ts';
import { formatDuration, formatRate, formatShare } from '../time/format.ts';

/** Shares of failed spans from which a service is not well, and from which it is ill. */
const warnShare = 0.01;
const badShare = 0.05;

export function health({ count, errors }: Red): 'ok' | 'warn' | 'bad' {
  const share = errors / Math.max(1, count);
  return share >= badShare ? 'bad' : share >= warnShare ? 'warn' : 'ok';
}
export const healthWords = { ok: 'healthy', warn: 'some errors', bad: 'many errors' } as const;

/** Rate, share of failed spans, p95. */
export function figuresOf(red: Red, seconds: number): readonly [string, string, string] {
  return [
    formatRate(red.count / seconds),
    formatShare(red.errors / Math.max(1, red.count)),
    formatDuration(red.p95_ms),
  ];
}
