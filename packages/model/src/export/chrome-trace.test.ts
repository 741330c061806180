import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeSpan } from '../../test/make-span.ts';
import { randomTrace } from '../../test/random-trace.ts';
import { encodeChromeTrace } from './chrome-trace.ts';

interface Slice {
  ph: string;
  pid: number;
  tid: number;
  ts: number;
  dur: number;
}
const slicesOf = (json: object) =>
  (json as { traceEvents: Slice[] }).traceEvents.filter(({ ph }) => ph === 'X');

describe('encodeChromeTrace', () => {
  it('makes a process of each service, a slice of each span and an instant of each event', () => {
    const event = {
      timeUnixNano: 1_700_000_000_001_000_000n,
      name: 'retry',
      attributes: new Map([['n', 1n]]),
      droppedAttributesCount: 0,
    };
    const root = {
      ...makeSpan({
        spanId: '1',
        name: 'GET',
        service: 'web',
        kind: 2,
        status: 2,
        endMs: 5,
        attributes: { a: 1.5 },
      }),
      events: [event],
    };
    const child = makeSpan({
      spanId: '2',
      parentSpanId: '1',
      name: 'q',
      service: 'db',
      startMs: 1,
      endMs: 2,
    });
    expect(encodeChromeTrace([child, root])).toEqual({
      displayTimeUnit: 'ms',
      otherData: { trace_id: root.traceId, start_unix_nano: '1700000000000000000' },
      traceEvents: [
        { ph: 'M', name: 'process_name', pid: 1, tid: 0, args: { name: 'web' } },
        { ph: 'M', name: 'process_name', pid: 2, tid: 0, args: { name: 'db' } },
        {
          ph: 'X',
          name: 'GET',
          cat: 'server',
          pid: 1,
          tid: 1,
          ts: 0,
          dur: 5000,
          args: { span_id: root.spanId, error: true, a: 1.5 },
        },
        { ph: 'i', s: 't', name: 'retry', pid: 1, tid: 1, ts: 1000, args: { n: 1 } },
        {
          ph: 'X',
          name: 'q',
          cat: 'internal',
          pid: 2,
          tid: 1,
          ts: 1000,
          dur: 1000,
          args: { span_id: child.spanId, parent_span_id: root.spanId },
        },
      ],
    });
  });

  it('puts a span on its parent only while nothing else is open there', () => {
    const child = (spanId: string, startMs: number, endMs: number) =>
      makeSpan({ spanId, parentSpanId: '1', startMs, endMs });
    const spans = [
      makeSpan({ spanId: '1', endMs: 20 }),
      child('2', 0, 10),
      child('3', 5, 12),
      child('4', 12, 20),
      child('5', 15, 25),
    ];
    expect(slicesOf(encodeChromeTrace(spans)).map(({ tid }) => tid)).toEqual([1, 1, 2, 1, 2]);
  });

  it('lets slices of one track only nest or follow each other', () => {
    fc.assert(
      fc.property(randomTrace(), (spans) => {
        const slices = slicesOf(encodeChromeTrace(spans));
        expect(slices).toHaveLength(spans.length);
        for (const a of slices) {
          for (const b of slices) {
            if (a === b || a.pid !== b.pid || a.tid !== b.tid) continue;
            const apart = a.ts + a.dur <= b.ts || b.ts + b.dur <= a.ts;
            const inside = (x: Slice, y: Slice) => x.ts >= y.ts && x.ts + x.dur <= y.ts + y.dur;
            expect(apart || inside(a, b) || inside(b, a)).toBe(true);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
