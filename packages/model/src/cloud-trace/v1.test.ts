import { describe, expect, it } from 'vitest';
import { type Span, SpanKind } from '../span.ts';
import { CLOUD_TRACE_LIMITS } from './limits.ts';
import { type V1Trace, V1TracesType, V1TraceType } from './messages-v1.ts';
import { decodeMessage } from './proto/decode.ts';
import { encodeMessage } from './proto/encode.ts';
import { messageFromJson } from './proto/json-decode.ts';
import { messageToJson } from './proto/json-encode.ts';
import { v1FromSpan, v1FromSpans } from './v1-from-span.ts';
import { spansFromV1, v1TraceProblem } from './v1-to-span.ts';

const whole = {
  projectId: 'p',
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spans: [
    {
      spanId: '18446744073709551615',
      kind: 'RPC_SERVER',
      name: '/insights',
      startTime: '2026-11-22T10:00:00.100Z',
      endTime: '2026-11-22T10:00:00.200300Z',
      parentSpanId: '1',
      labels: { '/http/method': 'GET', 'service.name': 'web-api', empty: '', 'g.co/status/code': '0' },
    },
  ],
};

function read(json: unknown): V1Trace {
  const result = messageFromJson(V1TraceType, json);
  if (!result.ok) throw new Error(JSON.stringify(result.violations));
  return result.value;
}

const otlpSpan: Span = {
  projectId: 'p',
  traceId: whole.traceId,
  spanId: 'b7ad6b7169203331',
  parentSpanId: null,
  traceState: '',
  flags: 0,
  name: 'GET /insights',
  kind: SpanKind.producer,
  startUnixNano: 1n,
  endUnixNano: 2n,
  attributes: new Map<string, unknown>([
    ['http.request.method', 'GET'],
    ['http.response.status_code', 500n],
    ['ratio', 1.5],
    ['list', ['a', 2n]],
    ['cache.hit', true],
    ['bytes', new Uint8Array([1, 2])],
  ]) as Span['attributes'],
  droppedAttributesCount: 0,
  events: [
    {
      timeUnixNano: 1n,
      name: 'exception',
      attributes: new Map([
        ['exception.type', 'TypeError'],
        ['exception.message', 'no'],
        ['exception.stacktrace', 'TypeError: no\n at x'],
      ]),
      droppedAttributesCount: 0,
    },
  ],
  droppedEventsCount: 0,
  links: [],
  droppedLinksCount: 0,
  status: { code: 2, message: 'failed' },
  resource: { attributes: new Map([['service.name', 'web-api']]), droppedAttributesCount: 0, schemaUrl: '' },
  scope: { name: 'http', version: '1', attributes: new Map(), droppedAttributesCount: 0, schemaUrl: '' },
};

describe('v1 traces', () => {
  it('keep every field through a span of ours, JSON and protobuf', () => {
    const trace = read(whole);
    const spans = spansFromV1(trace, 'p', { limits: CLOUD_TRACE_LIMITS.documented });
    expect(spans[0]).toMatchObject({
      spanId: 'ffffffffffffffff',
      parentSpanId: '0000000000000001',
      kind: SpanKind.server,
      status: { code: 1 },
    });
    const json = messageToJson(V1TraceType, v1FromSpans('p', trace.traceId, spans));
    expect(json).toEqual({
      ...whole,
      spans: [{ ...whole.spans[0], labels: { ...whole.spans[0]?.labels, 'g.co/spankind': 'SERVER' } }],
    });
    expect(decodeMessage(V1TraceType, encodeMessage(V1TraceType, trace))).toEqual(trace);
  });

  it('show a span of OpenTelemetry as flat labels with the names that readers of v1 look for', () => {
    const labels = Object.fromEntries(v1FromSpan(otlpSpan).labels);
    expect(labels).toEqual({
      'service.name': 'web-api',
      'http.request.method': 'GET',
      '/http/method': 'GET',
      'http.response.status_code': '500',
      '/http/status_code': '500',
      ratio: '1.5',
      list: '["a",2]',
      'cache.hit': 'true',
      bytes: 'AQI=',
      '/error/name': 'TypeError',
      '/error/message': 'no',
      '/stacktrace': 'TypeError: no\n at x',
      'otel.scope.name': 'http',
      'otel.scope.version': '1',
      'g.co/spankind': 'PRODUCER',
      'g.co/status/code': '2',
      'g.co/status/description': 'failed',
    });
  });

  it('are unflattened again: types, service, scope, kind and status come back', () => {
    const trace = v1FromSpans('p', otlpSpan.traceId, [otlpSpan]);
    const [span] = spansFromV1(trace, 'p', { limits: null, unflatten: true });
    expect(span).toMatchObject({
      kind: SpanKind.producer,
      status: { code: 2, message: 'failed' },
      scope: { name: 'http', version: '1' },
    });
    expect(span?.resource.attributes.get('service.name')).toBe('web-api');
    expect(Object.fromEntries(span?.attributes ?? [])).toEqual({
      'http.request.method': 'GET',
      'http.response.status_code': 500n,
      ratio: 1.5,
      list: '["a",2]',
      'cache.hit': true,
      bytes: 'AQI=',
      '/error/name': 'TypeError',
      '/error/message': 'no',
      '/stacktrace': 'TypeError: no\n at x',
    });
  });

  it('are cut to the limits, and say how many labels went', () => {
    const labels = {
      ['k'.repeat(129)]: 'gone',
      long: 'é'.repeat(200),
      '/stacktrace': 's'.repeat(20_000),
      ...Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`k${index}`, 'v'])),
    };
    const trace = read({ ...whole, spans: [{ ...whole.spans[0], name: '€'.repeat(100), labels }] });
    const [span] = spansFromV1(trace, 'p', { limits: CLOUD_TRACE_LIMITS.documented });
    expect(span?.name).toBe('€'.repeat(42));
    expect(span?.attributes.size).toBe(32);
    expect(span?.droppedAttributesCount).toBe(11);
    expect(span?.attributes.get('long')).toBe('é'.repeat(128));
    expect(span?.attributes.get('/stacktrace')).toHaveLength(16_384);
    const [uncut] = spansFromV1(trace, 'p', { limits: CLOUD_TRACE_LIMITS.backend });
    expect([uncut?.attributes.size, uncut?.droppedAttributesCount]).toEqual([43, 0]);
  });

  it('name the field that is wrong', () => {
    const options = {
      projectId: 'p',
      limits: CLOUD_TRACE_LIMITS.documented,
      nowUnixNano: 1795341600000000000n,
    };
    const problem = (change: object, spanChange: object = {}) =>
      v1TraceProblem(
        read({ ...whole, spans: [{ ...whole.spans[0], ...spanChange }], ...change }),
        'traces.traces[0]',
        options,
      );
    expect(problem({})).toBeNull();
    expect(problem({ traceId: 'x' })).toEqual({
      field: 'traces.traces[0].trace_id',
      description:
        'Invalid trace name: Trace ID must be a hexadecimal number with size = 32. Current Trace ID = x',
    });
    expect(problem({ projectId: 'q' })?.field).toBe('traces.traces[0].project_id');
    expect(problem({}, { spanId: '0' })?.field).toBe('traces.traces[0].spans[0].span_id');
    expect(problem({}, { kind: 7 })?.field).toBe('traces.traces[0].spans[0].kind');
    expect(problem({}, { startTime: null })?.field).toBe('traces.traces[0].spans[0].start_time');
    expect(problem({}, { startTime: '2026-11-01T00:00:00Z' })?.description).toContain('14 days in the past');
    expect(problem({}, { endTime: '2026-11-22T09:00:00Z' })?.field).toBe(
      'traces.traces[0].spans[0].end_time',
    );
  });
});

describe('proto3 JSON', () => {
  const bad = (json: unknown) => {
    const result = messageFromJson(V1TracesType, json, 'traces');
    return result.ok ? [] : result.violations.map(({ description }) => description);
  };
  const span = (change: object) => ({ traces: [{ spans: [change] }] });

  it('takes enum names and numbers, 64-bit numbers as text and as numbers, null, offsets, proto names', () => {
    const trace = read({
      project_id: 'p',
      traceId: whole.traceId,
      spans: [
        { span_id: 12, kind: 2, start_time: '2026-11-22T12:00:00.1+02:00', endTime: null, labels: null },
        { spanId: 18446744073709551615n, kind: '1' },
      ],
    });
    expect(trace.spans.map(({ spanId, kind }) => [spanId, kind])).toEqual([
      [12n, 2],
      [18446744073709551615n, 1],
    ]);
    expect(trace.spans[0]?.startTime).toBe(1795341600100000000n);
  });

  it("refuses in Google's words, with the path", () => {
    const at = 'traces.traces[0].spans[0]';
    const table: [unknown, string][] = [
      [
        span({ spanId: '125aee19018a78dd' }),
        `Invalid value at '${at}.span_id' (TYPE_FIXED64), "125aee19018a78dd"`,
      ],
      [span({ spanId: -1 }), `Invalid value at '${at}.span_id' (TYPE_FIXED64), -1`],
      [
        span({ spanId: '18446744073709551616' }),
        `Invalid value at '${at}.span_id' (TYPE_FIXED64), "18446744073709551616"`,
      ],
      [span({ name: 5 }), `Invalid value at '${at}.name' (TYPE_STRING), 5`],
      [
        span({ kind: 'SERVER' }),
        `Invalid value at '${at}.kind' (type.googleapis.com/google.devtools.cloudtrace.v1.TraceSpan.SpanKind), "SERVER"`,
      ],
      [
        span({ startTime: '2026-11-22T10:00:00' }),
        `Invalid value at '${at}.start_time' (type.googleapis.com/google.protobuf.Timestamp), Field 'startTime', Illegal timestamp format; timestamps must end with 'Z' or have a valid timezone offset.`,
      ],
      [
        span({ endTime: 5 }),
        `Invalid value at '${at}.end_time' (type.googleapis.com/google.protobuf.Timestamp), 5`,
      ],
      [span({ labels: { a: 'x', b: 1 } }), `Invalid value at '${at}.labels[1].value' (TYPE_STRING), 1`],
      [
        span({ nope: 1 }),
        `Invalid JSON payload received. Unknown name "nope" at '${at}': Cannot find field.`,
      ],
      [
        span({ name: ['x'] }),
        `Invalid JSON payload received. Unknown name "name" at '${at}': Proto field is not repeating, cannot start list.`,
      ],
      [
        { traces: 'x' },
        `Invalid value at 'traces.traces' (type.googleapis.com/google.devtools.cloudtrace.v1.Trace), "x"`,
      ],
      [[], 'Invalid JSON payload received. Unknown name "": Root element must be a message.'],
    ];
    for (const [json, message] of table) expect(bad(json)).toEqual([message]);
  });
});
