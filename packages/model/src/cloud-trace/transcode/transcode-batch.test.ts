import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeOtlpProtobuf } from '../../otlp/encode-protobuf.ts';
import type { Span } from '../../span.ts';
import { CLOUD_TRACE_LIMITS } from '../limits.ts';
import { type V2AttributeValue, type V2Span, V2SpanType } from '../messages-v2.ts';
import { decodeMessage } from '../proto/decode.ts';
import { encodeMessage } from '../proto/encode.ts';
import { type AnyValue, emptyMessage } from '../proto/message-type.ts';
import { ServiceResources } from '../service-resource.ts';
import { spanFromV2 } from '../v2-to-span.ts';
import { transcodeBatch } from './transcode-batch.ts';

const limits = CLOUD_TRACE_LIMITS.backend;
const options = { projectId: 'p', limits };
const hex = (length: number) =>
  fc
    .string({ unit: fc.constantFrom(...'0123456789abcdefABCDEF'), minLength: length, maxLength: length })
    .filter((text) => !/^0+$/.test(text));
const textValue = (value: string, truncatedByteCount = 0): V2AttributeValue => ({
  stringValue: { value, truncatedByteCount },
  intValue: null,
  boolValue: null,
});
const text = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 20 }).map((any) => any.toWellFormed()),
  fc.constantFrom('\ufeffmark', 'é'.repeat(40), 'x'.repeat(200), 'y'.repeat(20_000)),
);
const value: fc.Arbitrary<V2AttributeValue> = fc.oneof(
  text.map((any) => textValue(any)),
  fc
    .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    .map((intValue) => ({ stringValue: null, intValue, boolValue: null })),
  fc.boolean().map((boolValue) => ({ stringValue: null, intValue: null, boolValue })),
);
const services = fc.dictionary(
  fc.constantFrom(
    'service.name',
    'service.version',
    'service.namespace',
    'service.instance.id',
    'g.co/gae/app/module',
    'g.co/r/generic_task/job',
  ),
  fc.constantFrom('', 'web-api', 'other').map((name) => textValue(name)),
);
const attributes = fc
  .tuple(
    services,
    fc.dictionary(
      text.filter((key) => key !== '' && key.length < 100),
      value,
      { maxKeys: 6 },
    ),
  )
  .map(([first, second]) => new Map(Object.entries({ ...first, ...second })));

const time = fc.bigInt({ min: 0n, max: 2n ** 61n });
const plainSpan: fc.Arbitrary<V2Span> = fc
  .record({
    traceId: hex(32),
    spanId: hex(16),
    parentSpanId: fc.oneof(fc.constant(''), hex(16)),
    displayName: text.filter((name) => name !== '' && name.length < 500),
    startTime: time,
    duration: time,
    attributeMap: attributes,
    droppedAttributesCount: fc.nat({ max: 300 }),
    hasAttributes: fc.boolean(),
    status: fc.option(
      fc.record({ code: fc.constantFrom(0, 2), message: text, details: fc.constant<AnyValue[]>([]) }),
    ),
    sameProcessAsParentSpan: fc.option(fc.boolean()),
    spanKind: fc.nat({ max: 5 }),
    lists: fc.boolean(),
  })
  .map((from) => ({
    ...emptyMessage(V2SpanType),
    name: `projects/p/traces/${from.traceId}/spans/${from.spanId}`,
    spanId: from.spanId,
    parentSpanId: from.parentSpanId,
    displayName: { value: from.displayName, truncatedByteCount: 0 },
    startTime: from.startTime,
    endTime: from.startTime + from.duration,
    attributes: from.hasAttributes
      ? { attributeMap: from.attributeMap, droppedAttributesCount: from.droppedAttributesCount }
      : null,
    timeEvents: from.lists
      ? { timeEvent: [], droppedAnnotationsCount: 0, droppedMessageEventsCount: 0 }
      : null,
    links: from.lists ? { link: [], droppedLinksCount: 0 } : null,
    status: from.status,
    sameProcessAsParentSpan: from.sameProcessAsParentSpan,
    spanKind: from.spanKind,
  }));

/** What the general way makes of the spans: a request per run of spans of one service, one after the other. */
function mapped(spans: readonly V2Span[]): Uint8Array {
  const resources = new ServiceResources();
  const runs: Span[][] = [];
  for (const v2 of spans) {
    const span = spanFromV2(structuredClone(v2), resources);
    const run = runs.at(-1);
    if (run?.[0]?.resource === span.resource) run.push(span);
    else runs.push([span]);
  }
  return Buffer.concat(runs.map((run) => encodeOtlpProtobuf(run)));
}
const bytesOf = (span: V2Span) => encodeMessage(V2SpanType, span);

const sample: V2Span = {
  ...emptyMessage(V2SpanType),
  name: `projects/p/traces/${'a'.repeat(32)}/spans/${'b'.repeat(16)}`,
  spanId: 'b'.repeat(16),
  displayName: { value: 'name', truncatedByteCount: 0 },
  startTime: 1n,
  endTime: 2n,
};
const withAttributes = (map: readonly (readonly [string, V2AttributeValue])[]): V2Span => ({
  ...sample,
  attributes: { attributeMap: new Map(map), droppedAttributesCount: 0 },
});

describe('transcodeBatch', () => {
  it('writes what mapping and encoding write, byte for byte', () => {
    fc.assert(
      fc.property(fc.array(plainSpan, { maxLength: 6 }), (spans) => {
        const { otlp, others } = transcodeBatch(spans.map(bytesOf), options);
        expect(others).toEqual([]);
        expect(Buffer.from(otlp).equals(mapped(spans))).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('keeps lengths right where a message is longer than was guessed', () => {
    const spans = ['short', 'x'.repeat(60_000)].map((long) =>
      withAttributes(Array.from({ length: 40 }, (_, index) => [`k${index}`, textValue(long)])),
    );
    const { otlp } = transcodeBatch(spans.map(bytesOf), options);
    expect(Buffer.from(otlp).equals(mapped(spans))).toBe(true);
  });

  it('leaves to the general way whatever has to be refused, cut, merged or kept elsewhere', () => {
    const truncated = { value: 'n', truncatedByteCount: 1 };
    const table: Record<string, Partial<V2Span>> = {
      'another project': { name: sample.name.replace('/p/', '/q/') },
      'a name of another shape': { name: sample.name.slice(1) },
      'no hex': { name: sample.name.replace('aa', 'ag') },
      'a zero trace id': { name: sample.name.replace(/a{32}/, '0'.repeat(32)) },
      'another span id': { spanId: 'c'.repeat(16) },
      'no span id': { spanId: '' },
      'a short parent': { parentSpanId: 'abc' },
      'a zero parent': { parentSpanId: '0'.repeat(16) },
      'no display name': { displayName: null },
      'an empty display name': { displayName: { value: '', truncatedByteCount: 0 } },
      'a cut display name': { displayName: truncated },
      'a long display name': { displayName: { value: 'x'.repeat(1025), truncatedByteCount: 0 } },
      'no start': { startTime: null },
      'no end': { endTime: null },
      'an end before the start': { startTime: 3n },
      'a time before 1970': { startTime: -1n },
      'a time beyond 2262': { endTime: 2n ** 63n },
      'an unknown kind': { spanKind: 6 },
      'another code': { status: { code: 5, message: '', details: [] } },
      details: { status: { code: 2, message: '', details: [{ typeUrl: 'x', bytes: null, json: null }] } },
      'a child count': { childSpanCount: 0 },
      'a stack': { stackTrace: { stackFrames: null, stackTraceHashId: 1n } },
      events: {
        timeEvents: {
          timeEvent: [{ time: 1n, annotation: null, messageEvent: null }],
          droppedAnnotationsCount: 0,
          droppedMessageEventsCount: 0,
        },
      },
      'dropped links': { links: { link: [], droppedLinksCount: 1 } },
      'a cut value': withAttributes([['k', { ...textValue(''), stringValue: truncated }]]),
      'a long value': withAttributes([['k', textValue('x'.repeat(65_537))]]),
      'a long key': withAttributes([['k'.repeat(513), textValue('')]]),
      'an empty key': withAttributes([['', textValue('')]]),
      'no value': withAttributes([['k', { stringValue: null, intValue: null, boolValue: null }]]),
      'a service that is no text': withAttributes([
        ['service.name', { stringValue: null, intValue: 1n, boolValue: null }],
      ]),
      'too many': withAttributes(Array.from({ length: 1025 }, (_, index) => [`k${index}`, textValue('')])),
    };
    for (const [what, change] of Object.entries(table)) {
      const spans = [sample, { ...sample, ...change }, sample].map(bytesOf);
      const { otlp, others } = transcodeBatch(spans, options);
      expect([what, others]).toEqual([what, [1]]);
      expect(Buffer.from(otlp).equals(mapped([sample, sample]))).toBe(true);
    }
    const merged = Buffer.concat([bytesOf(sample), bytesOf(sample)]);
    const notUtf8 = Buffer.from(bytesOf(sample).map((byte) => (byte === 0x6d ? 0xff : byte))); // the m of "name"
    expect(transcodeBatch([merged, notUtf8], options)).toEqual({ otlp: new Uint8Array(0), others: [0, 1] });
    const documented = { projectId: 'p', limits: CLOUD_TRACE_LIMITS.documented };
    expect(transcodeBatch([bytesOf(sample)], documented).others).toEqual([0]);
  });

  it('survives any bytes: what it takes is what came, what it leaves changes nothing', () => {
    const good = bytesOf(withAttributes([['k', textValue('v')]]));
    fc.assert(
      fc.property(
        fc.nat({ max: good.length - 1 }),
        fc.nat({ max: 255 }),
        fc.nat({ max: 20 }),
        (at, byte, cut) => {
          const broken = good.slice(0, good.length - cut);
          broken[at] = byte;
          const { otlp, others } = transcodeBatch([broken, bytesOf(sample)], options);
          const taken = others.length === 0 ? [decodeMessage(V2SpanType, broken), sample] : [sample];
          expect(others).toEqual(taken.length === 2 ? [] : [0]);
          expect(Buffer.from(otlp).equals(mapped(taken))).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});
