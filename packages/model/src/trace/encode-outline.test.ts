import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { span } from '../../test/arbitraries.ts';
import { makeSpan } from '../../test/make-span.ts';
import { randomTrace } from '../../test/random-trace.ts';
import { ModelError } from '../model-error.ts';
import { buildOutline } from './build-outline.ts';
import { decodeOutline, encodeOutline } from './encode-outline.ts';
import { outlineHasEvents, outlineHasLinks, outlineKind, outlineStatus } from './outline-flags.ts';

describe('buildOutline', () => {
  it('orders by start then id, keeps exact copies once and never has a negative duration', () => {
    const late = makeSpan({ spanId: '1', name: 'late', startMs: 5, endMs: 2, kind: 2, status: 2 });
    const b = makeSpan({ spanId: 'b', parentSpanId: '1', service: 'db', startMs: 1, endMs: 2 });
    const a = makeSpan({ spanId: 'a', parentSpanId: '1', startMs: 1, endMs: 4 });
    const outline = buildOutline([late, b, a, { ...b }, { ...b, name: 'not a copy' }]);
    expect(outline).toMatchObject({
      traceId: late.traceId,
      projectId: 'p',
      startUnixNano: a.startUnixNano,
      size: 4,
      spanIds: BigUint64Array.of(10n, 11n, 11n, 1n),
      parentSpanIds: BigUint64Array.of(1n, 1n, 1n, 0n),
      startNanos: Float64Array.of(0, 0, 0, 4e6),
      durationNanos: Float64Array.of(3e6, 1e6, 1e6, 0),
      services: ['service', 'db'],
    });
    const flags = outline.flags[3] ?? 0;
    expect([outlineKind(flags), outlineStatus(flags)]).toEqual([2, 2]);
    expect(buildOutline([]).size).toBe(0);
  });

  it('flags kind, status, events and links', () => {
    fc.assert(
      fc.property(span, (one) => {
        const flags = buildOutline([one]).flags[0] ?? 0;
        expect([
          outlineKind(flags),
          outlineStatus(flags),
          outlineHasEvents(flags),
          outlineHasLinks(flags),
        ]).toEqual([one.kind, one.status.code, one.events.length > 0, one.links.length > 0]);
      }),
    );
  });
});

describe('encodeOutline', () => {
  it('is read back exactly', () => {
    fc.assert(
      fc.property(randomTrace({ duplicates: true }), (spans) => {
        const outline = buildOutline(spans);
        expect(decodeOutline(encodeOutline(outline))).toEqual(outline);
      }),
    );
    const far = buildOutline([
      makeSpan({
        spanId: 'ffffffffffffffff',
        parentSpanId: 'fffffffffffffffe',
        name: 'ü',
        startMs: -5e9,
        endMs: 4e9,
      }),
      makeSpan({ spanId: '1', parentSpanId: 'ffffffffffffffff', startMs: 4e9 }),
    ]);
    expect(decodeOutline(encodeOutline(far))).toEqual(far);
  });

  it('takes less than 20 bytes for a small span', () => {
    const spans = Array.from({ length: 1000 }, (_, i) =>
      makeSpan({
        spanId: (i + 1).toString(16),
        parentSpanId: i === 0 ? null : i.toString(16),
        startMs: i,
        endMs: i + 3,
      }),
    );
    expect(encodeOutline(buildOutline(spans)).length / 1000).toBeLessThan(20);
  });

  it('refuses anything else with a coded error, whatever the bytes', () => {
    const good = encodeOutline(buildOutline(fc.sample(randomTrace(), { numRuns: 1, seed: 3 })[0] ?? []));
    const damaged = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.nat(good.length - 1).map((length) => good.slice(0, length)),
      fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([at, byte]) => good.with(at, byte)),
      fc
        .tuple(fc.nat(good.length - 1), fc.uint8Array({ maxLength: 30 }))
        .map(([length, tail]) => Uint8Array.of(...good.slice(0, length), ...tail)),
    );
    let refused = 0;
    fc.assert(
      fc.property(damaged, (bytes) => {
        try {
          const outline = decodeOutline(bytes);
          expect(outline.spanIds).toHaveLength(outline.size);
        } catch (error) {
          refused++;
          expect(error).toBeInstanceOf(ModelError);
          expect((error as ModelError).code).toBe('OUTLINE_INVALID');
        }
      }),
      { numRuns: 2000 },
    );
    expect(refused).toBeGreaterThan(500);
  });

  it('refuses a parent outside the trace', () => {
    const bytes = encodeOutline(
      buildOutline([makeSpan({ spanId: '1' }), makeSpan({ spanId: '2', parentSpanId: '1' })]),
    );
    // Behind it stand two each of starts, durations, names, services and flags, a byte for each.
    const parentOfSecond = bytes.length - 5 * 2 - 1;
    const damaged = (code: number) => () => decodeOutline(bytes.with(parentOfSecond, code));
    expect(damaged(6)()).toMatchObject({ parentSpanIds: BigUint64Array.of(0n, 1n) });
    for (const code of [4, 7, 22]) expect(damaged(code)).toThrow('parent of row 1');
  });

  it('names what is wrong', () => {
    const good = encodeOutline(buildOutline([makeSpan()]));
    expect(() => decodeOutline(new Uint8Array())).toThrow('too short');
    expect(() => decodeOutline(good.with(0, 0))).toThrow('no outline');
    expect(() => decodeOutline(good.with(4, 9))).toThrow('version 9, only 1 is known');
    expect(() => decodeOutline(Uint8Array.of(...good, 0))).toThrow('1 bytes too many');
  });
});
