import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeAll } from '../../test/decode-all.ts';
import { oracleSpans } from '../../test/oracle.ts';
import { request } from '../../test/wire-arbitraries.ts';
import { DEFAULT_SPAN_LIMITS, MalformedOtlpError, RequestScanner } from './index.ts';

describe('RequestDecoder', () => {
  it('reads random messages as protobufjs does', () => {
    fc.assert(
      fc.property(request, (bytes) => {
        expect(decodeAll(bytes)).toEqual(oracleSpans(bytes, 'p'));
      }),
      { numRuns: 250 },
    );
  });

  it('reads a message inside a larger buffer alike', () => {
    fc.assert(
      fc.property(request, fc.nat(40), (bytes, before) => {
        const outer = Buffer.concat([Buffer.alloc(before, 0xff), bytes, Buffer.alloc(9, 0xff)]);
        expect(decodeAll(outer.subarray(before, before + bytes.length))).toEqual(decodeAll(bytes));
      }),
      { numRuns: 30 },
    );
  });
});

describe('RequestScanner', () => {
  const scanner = new RequestScanner(DEFAULT_SPAN_LIMITS);
  const outcome = (bytes: Uint8Array): 'well-formed' | 'malformed' => {
    try {
      scanner.scan(bytes, { defaultProject: 'p', allowed: 'all' });
      return 'well-formed';
    } catch (error) {
      if (!(error instanceof MalformedOtlpError)) throw error;
      expect(error.offset).toBeGreaterThanOrEqual(0);
      expect(error.offset).toBeLessThanOrEqual(bytes.length);
      return 'malformed';
    }
  };

  it('says of bytes changed at random that they are malformed, or what it lets through decodes', () => {
    const seen = { 'well-formed': 0, malformed: 0 };
    fc.assert(
      fc.property(
        request,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (bytes, changes) => {
          const mutated = Buffer.from(bytes);
          for (const [at, byte] of changes) if (mutated.length > 0) mutated[at % mutated.length] = byte;
          const verdict = outcome(mutated);
          seen[verdict]++;
          if (verdict === 'well-formed')
            expect(decodeAll(mutated).every((span) => span.traceId.length === 32)).toBe(true);
        },
      ),
      { numRuns: 250 },
    );
    expect(seen['well-formed']).toBeGreaterThan(20);
    expect(seen.malformed).toBeGreaterThan(20);
  });

  it('refuses a message cut off anywhere inside a field', () => {
    fc.assert(
      fc.property(request, fc.nat(), (bytes, cut) => {
        // A cut between two top-level fields leaves a whole, shorter message: those are few.
        const short = bytes.subarray(0, bytes.length === 0 ? 0 : cut % bytes.length);
        if (outcome(short) === 'well-formed') expect(decodeAll(short)).toEqual(oracleSpans(short, 'p'));
      }),
      { numRuns: 100 },
    );
  });
});
