import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLOUD_TRACE_LIMITS } from './limits.ts';
import { type V2Span, V2SpanType } from './messages-v2.ts';
import { decodeMessage } from './proto/decode.ts';
import { encodeMessage } from './proto/encode.ts';
import { messageFromJson } from './proto/json-decode.ts';
import { messageToJson } from './proto/json-encode.ts';
import { ServiceResources } from './service-resource.ts';
import { truncateUtf8 } from './truncate.ts';
import { v2FromSpan } from './v2-from-span.ts';
import { limitV2Span } from './v2-limit.ts';
import { spanFromV2 } from './v2-to-span.ts';
import { v2SpanProblem } from './v2-validate.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const whole = {
  name: `projects/p/traces/${traceId}/spans/b7ad6b7169203331`,
  spanId: 'b7ad6b7169203331',
  parentSpanId: '00f067aa0ba902b7',
  displayName: { value: 'GET /insights', truncatedByteCount: 3 },
  startTime: '2026-11-22T10:00:00.123456789Z',
  endTime: '2026-11-22T10:00:01Z',
  attributes: {
    attributeMap: {
      text: { stringValue: { value: 'é'.repeat(3), truncatedByteCount: 7 } },
      count: { intValue: '-9223372036854775808' },
      ok: { boolValue: false },
      'service.name': { stringValue: { value: 'web-api' } },
    },
    droppedAttributesCount: 2,
  },
  stackTrace: {
    stackFrames: {
      frame: [
        {
          functionName: { value: 'main' },
          fileName: { value: 'a.ts', truncatedByteCount: 1 },
          lineNumber: '12',
          columnNumber: '3',
          loadModule: { module: { value: 'm' }, buildId: { value: 'b' } },
          sourceVersion: { value: 'v' },
        },
      ],
      droppedFramesCount: 4,
    },
    stackTraceHashId: '-5',
  },
  timeEvents: {
    timeEvent: [
      {
        time: '2026-11-22T10:00:00.500Z',
        annotation: {
          description: { value: 'read' },
          attributes: { attributeMap: { n: { intValue: '1' } }, droppedAttributesCount: 1 },
        },
      },
      {
        time: '2026-11-22T10:00:00.600Z',
        messageEvent: { type: 'SENT', id: '1', uncompressedSizeBytes: '20', compressedSizeBytes: '10' },
      },
    ],
    droppedAnnotationsCount: 6,
  },
  links: {
    link: [
      {
        traceId,
        spanId: '00f067aa0ba902b7',
        type: 'PARENT_LINKED_SPAN',
        attributes: { attributeMap: { a: { boolValue: true } }, droppedAttributesCount: 1 },
      },
    ],
    droppedLinksCount: 8,
  },
  status: { code: 5, message: 'not there', details: [{ '@type': 'type.googleapis.com/x', a: 1 }] },
  sameProcessAsParentSpan: false,
  childSpanCount: 0,
  spanKind: 'SERVER',
};

function read(json: unknown): V2Span {
  const result = messageFromJson(V2SpanType, json);
  if (!result.ok) throw new Error(JSON.stringify(result.violations));
  return result.value;
}

const problem = (json: unknown, now = 0n) =>
  v2SpanProblem(read(json), 'spans[0]', {
    projectId: 'p',
    limits: CLOUD_TRACE_LIMITS.backend,
    nowUnixNano: now,
  });

describe('v2 spans', () => {
  it('keep every field through JSON, a span of ours and protobuf', () => {
    const v2 = read(whole);
    expect(messageToJson(V2SpanType, v2)).toEqual(whole);
    const back = v2FromSpan(spanFromV2(read(whole), new ServiceResources()));
    expect(messageToJson(V2SpanType, back)).toEqual(whole);
    expect(decodeMessage(V2SpanType, encodeMessage(V2SpanType, { ...v2, status: null }))).toEqual({
      ...v2,
      status: null,
    });
  });

  it('become spans with types, service and status', () => {
    const span = spanFromV2(read(whole), new ServiceResources());
    expect(span.attributes.get('count')).toBe(-9223372036854775808n);
    expect(span.attributes.get('ok')).toBe(false);
    expect(span.resource.attributes.get('service.name')).toBe('web-api');
    expect(span.status).toEqual({ code: 2, message: 'not there' });
    expect(span.attributes.get('g.co/status/code')).toBe(5n);
    expect([span.kind, span.flags, span.startUnixNano]).toEqual([2, 0x300, 1795341600123456789n]);
  });

  it('are cut on the borders of characters, with counts', () => {
    const attributeMap = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`k${index}`, { stringValue: { value: '€'.repeat(100) } }]),
    );
    const span = read({
      ...whole,
      displayName: { value: '😀'.repeat(40) },
      attributes: { attributeMap: { ['k'.repeat(129)]: { intValue: 1 }, ...attributeMap } },
      timeEvents: { timeEvent: Array.from({ length: 40 }, () => whole.timeEvents.timeEvent[0]) },
      links: { link: Array.from({ length: 130 }, () => whole.links.link[0]) },
    });
    limitV2Span(span, CLOUD_TRACE_LIMITS.documented);
    expect(span.displayName).toEqual({ value: '😀'.repeat(32), truncatedByteCount: 32 });
    expect([...(span.attributes?.attributeMap.keys() ?? [])]).toEqual(
      Array.from({ length: 32 }, (_, index) => `k${index}`),
    );
    expect(span.attributes?.droppedAttributesCount).toBe(9);
    expect(span.attributes?.attributeMap.get('k0')?.stringValue).toEqual({
      value: '€'.repeat(85),
      truncatedByteCount: 45,
    });
    expect(span.timeEvents?.timeEvent).toHaveLength(32);
    expect(span.timeEvents?.droppedAnnotationsCount).toBe(8);
    expect(span.links?.link).toHaveLength(128);
    expect(span.links?.droppedLinksCount).toBe(2);
  });

  it('name the field that is wrong', () => {
    const id = (name: string) => problem({ ...whole, name });
    expect(id('projects/p/traces/undefined/spans/b7ad6b7169203331')).toEqual({
      field: 'spans[0].name',
      description:
        'Invalid trace name: Trace ID must be a hexadecimal number with size = 32. Current Trace ID = undefined',
    });
    expect(id(`projects/q/traces/${traceId}/spans/b7ad6b7169203331`)?.field).toBe('spans[0].name');
    expect(id(`projects/p/traces/${'0'.repeat(32)}/spans/b7ad6b7169203331`)?.field).toBe('spans[0].name');
    expect(problem({ ...whole, spanId: '00f067aa0ba902b7' })?.field).toBe('spans[0].span_id');
    expect(problem({ ...whole, parentSpanId: 'xyz' })).toEqual({
      field: 'spans[0].parent_span_id',
      description: 'Invalid parent id!',
    });
    expect(problem({ ...whole, displayName: null })?.field).toBe('spans[0].display_name');
    expect(problem({ ...whole, endTime: null })?.field).toBe('spans[0].end_time');
    expect(problem({ ...whole, endTime: '2026-11-22T10:00:00Z' })?.field).toBe('spans[0].end_time');
    expect(problem({ ...whole, spanKind: 9 })?.field).toBe('spans[0].span_kind');
    expect(problem(whole)).toBeNull();
  });
});

describe('truncateUtf8', () => {
  it('keeps the longest whole prefix, as trying every length does', () => {
    const bytes = (text: string) => new TextEncoder().encode(text).length;
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), fc.nat(60), (text, most) => {
        const { text: kept, cutBytes } = truncateUtf8(text, most);
        const prefixes = [...text].map((_, index, all) => all.slice(0, index + 1).join(''));
        const longest = ['', ...prefixes].findLast((prefix) => bytes(prefix) <= most);
        expect(kept).toBe(longest);
        expect(cutBytes).toBe(bytes(text) - bytes(kept));
      }),
    );
  });
});
