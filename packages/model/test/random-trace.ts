import fc from 'fast-check';
import type { Span, SpanKind, StatusCode } from '../src/span.ts';
import { makeSpan } from './make-span.ts';

export interface RandomTraceOptions {
  /** Ids from few, so that several spans share one. Default false. */
  readonly duplicates?: boolean;
}

/** Small traces with everything that goes wrong: orphans, cycles, spans out of their parent's time, errors. */
export function randomTrace(options: RandomTraceOptions = {}): fc.Arbitrary<Span[]> {
  return fc
    .array(
      fc.record({
        id: fc.integer({ min: 1, max: 8 }),
        parent: fc.option(fc.integer({ min: 1, max: 14 }), { freq: 6 }),
        service: fc.constantFrom('web', 'db', 'cache'),
        name: fc.constantFrom('a', 'b', 'c'),
        kind: fc.integer({ min: 0, max: 5 }) as fc.Arbitrary<SpanKind>,
        status: fc.integer({ min: 0, max: 2 }) as fc.Arbitrary<StatusCode>,
        startMs: fc.nat(30),
        length: fc.nat(20),
      }),
      { maxLength: 14 },
    )
    .map((rows) =>
      rows.map(({ id, parent, startMs, length, ...rest }, index) =>
        makeSpan({
          ...rest,
          spanId: (options.duplicates ? id : index + 1).toString(16),
          parentSpanId: parent?.toString(16) ?? null,
          startMs,
          endMs: startMs + length,
        }),
      ),
    );
}
