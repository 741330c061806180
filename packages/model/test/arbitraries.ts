import fc from 'fast-check';
import type { AttributeMap, AttributeValue } from '../src/attribute-value.ts';
import type { Resource, Scope, Span, SpanEvent, SpanKind, SpanLink, StatusCode } from '../src/span.ts';
import { anyText } from './any-text.ts';

const hex = (digits: number) =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: digits, maxLength: digits })
    .map((chars) => chars.join(''))
    .filter((text) => !/^0+$/.test(text));
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const count = fc.oneof(fc.constant(0), fc.nat(2 ** 31 - 1));
const text = anyText({ maxLength: 60 });

/** Every kind of attribute value, nested. */
export const attributeValue: fc.Arbitrary<AttributeValue> = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.boolean(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.maxSafeInteger().map(BigInt),
    fc.double(),
    fc.integer(),
    fc.uint8Array({ maxLength: 8 }),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(text, tie('value')), { maxLength: 3 }).map((entries) => new Map(entries)),
  ),
})).value;

export const attributeMap: fc.Arbitrary<AttributeMap> = fc
  .array(fc.tuple(fc.oneof(text, fc.constantFrom('http.method', '__proto__')), attributeValue), {
    maxLength: 4,
  })
  .map((entries) => new Map(entries));

const event: fc.Arbitrary<SpanEvent> = fc.record({
  timeUnixNano: uint64,
  name: text,
  attributes: attributeMap,
  droppedAttributesCount: count,
});
const link: fc.Arbitrary<SpanLink> = fc.record({
  traceId: hex(32),
  spanId: hex(16),
  traceState: text,
  attributes: attributeMap,
  droppedAttributesCount: count,
  flags: count,
});
const resource: fc.Arbitrary<Resource> = fc.record({
  attributes: attributeMap,
  droppedAttributesCount: count,
  schemaUrl: text,
});
const scope: fc.Arbitrary<Scope> = fc.record({
  name: text,
  version: text,
  attributes: attributeMap,
  droppedAttributesCount: count,
  schemaUrl: text,
});

/** A span with every field at random. */
export const span: fc.Arbitrary<Span> = fc.record({
  projectId: fc.constant('p'),
  traceId: hex(32),
  spanId: hex(16),
  parentSpanId: fc.option(hex(16)),
  traceState: text,
  flags: count,
  name: text,
  kind: fc.integer({ min: 0, max: 5 }) as fc.Arbitrary<SpanKind>,
  startUnixNano: uint64,
  endUnixNano: uint64,
  attributes: attributeMap,
  droppedAttributesCount: count,
  events: fc.array(event, { maxLength: 2 }),
  droppedEventsCount: count,
  links: fc.array(link, { maxLength: 2 }),
  droppedLinksCount: count,
  status: fc.record({ code: fc.integer({ min: 0, max: 2 }) as fc.Arbitrary<StatusCode>, message: text }),
  resource,
  scope,
});
