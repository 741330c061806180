import { isDeepStrictEqual } from 'node:util';
import type { RecordedSpan } from './recorded-span.ts';

interface MatchResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/**
 * Matchers for `expect.extend(spanMatchers)` (Vitest, Jest): `toHaveAttributes`, `toHaveStatus`, `toBeChildOf`.
 * With node:test, `assertSpan` says the same.
 */
export const spanMatchers = {
  toHaveAttributes(span: RecordedSpan, expected: Readonly<Record<string, unknown>>): MatchResult {
    const wrong = Object.entries(expected).filter(
      ([key, value]) => !isDeepStrictEqual(span.attributes[key], value),
    );
    return {
      pass: wrong.length === 0,
      message: () =>
        `span ${span.name}: ${
          wrong.length === 0
            ? 'has all of these attributes'
            : wrong
                .map(([key, value]) => `${key} is ${show(span.attributes[key])}, expected ${show(value)}`)
                .join('; ')
        }`,
    };
  },
  toHaveStatus(span: RecordedSpan, code: RecordedSpan['status']['code']): MatchResult {
    return {
      pass: span.status.code === code,
      message: () =>
        `span ${span.name} has status ${span.status.code} ${span.status.message}, expected ${code}`,
    };
  },
  toBeChildOf(span: RecordedSpan, parent: RecordedSpan): MatchResult {
    return {
      pass: span.traceId === parent.traceId && span.parentSpanId === parent.spanId,
      message: () =>
        `span ${span.name} has parent ${span.parentSpanId}, expected ${parent.spanId} (${parent.name})`,
    };
  },
};

export interface SpanExpectation {
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly status?: RecordedSpan['status']['code'];
  readonly childOf?: RecordedSpan;
}

/** Throws what is wrong about the span; for node:test and any runner. */
export function assertSpan(span: RecordedSpan, expected: SpanExpectation): void {
  const results = [
    expected.attributes && spanMatchers.toHaveAttributes(span, expected.attributes),
    expected.status && spanMatchers.toHaveStatus(span, expected.status),
    expected.childOf && spanMatchers.toBeChildOf(span, expected.childOf),
  ];
  for (const result of results) if (result && !result.pass) throw new Error(result.message());
}

function show(value: unknown): string {
  return typeof value === 'bigint' ? `${value}n` : (JSON.stringify(value) ?? String(value));
}
