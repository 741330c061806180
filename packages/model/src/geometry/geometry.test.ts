import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomTrace } from '../../test/random-trace.ts';
import { buildOutline } from '../trace/build-outline.ts';
import { buildTree } from '../trace/tree.ts';
import { formatDuration } from './duration-text.ts';
import { minimap, traceLength } from './minimap.ts';
import { tickStep, timeTicks } from './ticks.ts';
import { barOf, panView, selectView, type TimeView, timeToX, xToTime, zoomView } from './time-scale.ts';

describe('formatDuration', () => {
  it.each([
    [0, '0 ns'],
    [1, '1 ns'],
    [999, '999 ns'],
    [1000, '1 µs'],
    [1234, '1.23 µs'],
    [12_340, '12.3 µs'],
    [999_400, '999 µs'],
    [999_500, '1 ms'],
    [1_240_000, '1.24 ms'],
    [9_996_000, '10 ms'],
    [123_456_789, '123 ms'],
    [999_999_999, '1 s'],
    [12_345_000_000, '12.3 s'],
    [59_940_000_000, '59.9 s'],
    [59_990_000_000, '1 m'],
    [125_000_000_000, '2 m 5 s'],
    [12_000_000_000_000, '3 h 20 m'],
    [176_400_000_000_000, '2 d 1 h'],
    [-1_500_000, '-1.5 ms'],
  ])('%d is %s', (nanos, text) => {
    expect(formatDuration(nanos)).toBe(text);
  });
});

describe('ticks', () => {
  it.each([
    [1e9, 11, 1e8],
    [1e9, 6, 2e8],
    [95e9, 10, 15e9],
    [7200e9, 9, 900e9],
    [10 * 86_400e9, 5, 3 * 86_400e9],
    [10, 11, 1],
    [3, 100, 1],
  ])('%d ns in %d ticks: every %d ns', (length, count, step) => {
    expect(tickStep(length, count)).toBeCloseTo(step, 6);
  });

  it('labels round times so that neighbours differ', () => {
    const labels = (startNanos: number, endNanos: number, count: number) =>
      timeTicks({ startNanos, endNanos, widthPx: 100 }, count).map(({ label }) => label);
    expect(labels(0, 1e6, 6)).toEqual(['0', '200 µs', '400 µs', '600 µs', '800 µs', '1 ms']);
    expect(labels(2.5e9, 3e9, 6)).toEqual(['2.5 s', '2.6 s', '2.7 s', '2.8 s', '2.9 s', '3 s']);
    expect(labels(0, 180e9, 4)).toEqual(['0', '1 m', '2 m', '3 m']);
    expect(labels(1_000_000, 1_000_010, 3)).toEqual(['1 ms', '1.000005 ms', '1.00001 ms']);
  });

  it('are ordered, different, in view, no more than asked and no less than a third of it', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e15, noNaN: true }),
        fc.double({ min: 100, max: 1e15, noNaN: true }),
        fc.integer({ min: 3, max: 30 }),
        (startNanos, length, count) => {
          const view = { startNanos, endNanos: startNanos + length, widthPx: 800 };
          const ticks = timeTicks(view, count);
          expect(ticks.length).toBeLessThanOrEqual(count);
          expect(ticks.length).toBeGreaterThanOrEqual(Math.floor((count - 1) / 3));
          for (const tick of ticks) {
            expect(tick.x).toBeGreaterThanOrEqual(-1e-3);
            expect(tick.x).toBeLessThanOrEqual(800.001);
          }
          // Beyond a minute labels are whole seconds at best, which a finer step cannot tell apart.
          if (startNanos + length < 60e9)
            expect(new Set(ticks.map(({ label }) => label)).size).toBe(ticks.length);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('time views', () => {
  const view: TimeView = { startNanos: 100, endNanos: 1100, widthPx: 500 };
  const limits = { startNanos: 0, endNanos: 10_000 };

  it('map time to pixels and back', () => {
    expect(timeToX(view, 600)).toBe(250);
    expect(xToTime(view, 250)).toBe(600);
  });

  it('give bars a least width, cut them to the view, and leave out what is outside', () => {
    expect(barOf(view, 200, 100)).toEqual({ x: 50, width: 50 });
    expect(barOf(view, 200, 0, 2)).toEqual({ x: 50, width: 2 });
    expect(barOf(view, 0, 10_000, 1)).toEqual({ x: -1, width: 502 });
    expect(barOf(view, 0, 50)).toBeNull();
    expect(barOf(view, 1200, 50)).toBeNull();
  });

  it('zoom around a point, pan and select within the limits', () => {
    expect(zoomView(view, 2, 250, limits)).toMatchObject({ startNanos: 350, endNanos: 850 });
    expect(zoomView(view, 0.001, 250, limits)).toMatchObject(limits);
    expect(panView(view, -1000, limits)).toMatchObject({ startNanos: 0, endNanos: 1000 });
    expect(panView(view, 50, limits)).toMatchObject({ startNanos: 200, endNanos: 1200 });
    expect(selectView(view, 5000, 3000, limits)).toMatchObject({ startNanos: 3000, endNanos: 5000 });
    expect(selectView(view, 9999, 9999, limits)).toMatchObject({ startNanos: 9990, endNanos: 10_000 });
  });

  it('stay within the limits and keep the point, whatever is done', () => {
    const step = fc.tuple(
      fc.constantFrom('zoom', 'pan'),
      fc.double({ min: -3, max: 3, noNaN: true }),
      fc.nat(500),
    );
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        let current = view;
        for (const [kind, amount, x] of steps) {
          current =
            kind === 'zoom'
              ? zoomView(current, 2 ** amount, x, limits)
              : panView(current, amount * 100, limits);
          expect(current.startNanos).toBeGreaterThanOrEqual(0);
          expect(current.endNanos).toBeLessThanOrEqual(10_000 + 1e-6);
          expect(current.endNanos - current.startNanos).toBeGreaterThan(9.99);
        }
      }),
    );
  });
});

describe('minimap', () => {
  it('counts what runs in every cell, the obvious way', () => {
    fc.assert(
      fc.property(
        randomTrace(),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 3 }),
        (spans, columns, bands, times) => {
          const outline = buildOutline(spans);
          const { order } = buildTree(outline);
          const length = Math.max(1, traceLength(outline)) * times;
          const map = minimap(outline, order, { columns, bands, lengthNanos: length });
          if (times === 1) expect(minimap(outline, order, { columns, bands })).toEqual(map);
          expect(map.bands).toBe(Math.min(bands, spans.length));
          const column = (nanos: number) => Math.min(columns - 1, Math.floor((nanos / length) * columns));
          const counts = new Uint32Array(map.bands * columns);
          order.forEach((row, i) => {
            const band = Math.floor((i * map.bands) / order.length);
            const start = outline.startNanos[row] ?? 0;
            const last = column(start + (outline.durationNanos[row] ?? 0));
            for (let x = column(start); x <= last; x++)
              counts[band * columns + x] = (counts[band * columns + x] ?? 0) + 1;
          });
          expect(map.counts).toEqual(counts);
        },
      ),
    );
  });
});
