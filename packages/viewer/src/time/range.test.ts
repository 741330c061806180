import { describe, expect, it } from 'vitest';
import { absoluteText, parseMoment, resolveRange, widened } from './range.ts';

const now = Date.UTC(2026, 0, 2, 3, 4, 5);

describe('time ranges', () => {
  it('reads relative moments', () => {
    expect(parseMoment('now', now)).toBe(now);
    expect(parseMoment('now-15m', now)).toBe(now - 15 * 60_000);
    expect(parseMoment('now-2d', now)).toBe(now - 2 * 86_400_000);
  });

  it('reads moments as people and machines write them', () => {
    expect(parseMoment('2026-01-02T03:04:05Z', now)).toBe(now);
    expect(parseMoment(String(now), now)).toBe(now);
    expect(parseMoment('2026-01-02 03:04:05Z', now)).toBe(now);
    expect(parseMoment('yesterday', now)).toBeNull();
  });

  it('falls back to the last hour for a reversed or unreadable range', () => {
    const lastHour = { startMs: now - 3_600_000, endMs: now };
    expect(resolveRange({ from: 'now', to: 'now-1h' }, now)).toEqual(lastHour);
    expect(resolveRange({ from: '??' }, now)).toEqual(lastHour);
  });

  it('survives the way through the address', () => {
    const range = { startMs: now - 1000, endMs: now };
    expect(resolveRange(absoluteText(range), 0)).toEqual(range);
  });

  it('widens about its middle but not past now', () => {
    expect(widened({ startMs: now - 100, endMs: now }, 3, now)).toEqual({ startMs: now - 200, endMs: now });
  });
});
