import { AssertionError } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import type { RecordedSpan } from './recorded-span.ts';
import { showValue } from './show-value.ts';

interface MatchResult {
  readonly pass: boolean;
  /** What is wrong: with the span, or, behind `.not`, with the expectation. */
  readonly message: () => string;
}

/** What `find()` gives, so that a missing span is told as such. */
type Received = RecordedSpan | undefined;
type StatusCode = RecordedSpan['status']['code'];

/** The matchers as types, to extend a runner's own with: docs/sdk/testing.md. `R` is what an assertion returns. */
export interface SpanMatchers<R = void> {
  /** The span has all of these attributes, among others; compared deeply and strictly. */
  toHaveAttributes(expected: Readonly<Record<string, unknown>>): R;
  toHaveStatus(code: StatusCode): R;
  /** The span's parent is this one, in the same trace. */
  toBeChildOf(parent: Received): R;
}

/**
 * Matchers for `expect.extend(spanMatchers)` (Vitest, Jest): `toHaveAttributes`, `toHaveStatus`, `toBeChildOf`.
 * With node:test, `assertSpan` says the same.
 */
export const spanMatchers = {
  toHaveAttributes(received: Received, expected: Readonly<Record<string, unknown>>): MatchResult {
    const { name, attributes } = present(received);
    const wrong = Object.entries(expected).filter(
      ([key, value]) => !isDeepStrictEqual(attributes[key], value),
    );
    const list = wrong.map(
      ([key, value]) => `${key} is ${showValue(attributes[key])}, expected ${showValue(value)}`,
    );
    const all = Object.entries(expected).map(([key, value]) => `${key} ${showValue(value)}`);
    return verdict(wrong.length === 0, name, list.join('; '), `has ${all.join(', ')}`);
  },
  toHaveStatus(received: Received, code: StatusCode): MatchResult {
    const { name, status } = present(received);
    const found = `has status ${[status.code, status.message].filter(Boolean).join(' ')}`;
    return verdict(status.code === code, name, `${found}, expected ${code}`, found);
  },
  toBeChildOf(received: Received, expected: Received): MatchResult {
    const span = present(received);
    const parent = present(expected);
    const isChild = span.traceId === parent.traceId && span.parentSpanId === parent.spanId;
    const wanted = `${parent.spanId} (${parent.name})`;
    const found = `has parent ${span.parentSpanId} in trace ${span.traceId}`;
    return verdict(
      isChild,
      span.name,
      `${found}, expected ${wanted} in ${parent.traceId}`,
      `is a child of ${wanted}`,
    );
  },
};

/** What `assertSpan` looks at; what is left out is not looked at. */
export interface SpanExpectation {
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly status?: StatusCode;
  readonly childOf?: RecordedSpan | undefined;
}

/** Throws an `AssertionError` that says what is wrong about the span; for node:test and any runner. */
export function assertSpan(span: Received, expected: SpanExpectation): asserts span is RecordedSpan {
  present(span);
  const results = [
    expected.attributes && spanMatchers.toHaveAttributes(span, expected.attributes),
    expected.status && spanMatchers.toHaveStatus(span, expected.status),
    'childOf' in expected && spanMatchers.toBeChildOf(span, expected.childOf),
  ];
  for (const result of results) if (result && !result.pass) fail(result.message());
}

function verdict(pass: boolean, name: string, wrong: string, right: string): MatchResult {
  return { pass, message: () => `span ${name}: ${pass ? `${right}, expected otherwise` : wrong}` };
}

/** A missing span fails with and without `.not`. */
function present(span: Received): RecordedSpan {
  return span ?? fail('there is no such span: await waitFor() tells which have ended');
}

function fail(message: string): never {
  throw new AssertionError({ message });
}
