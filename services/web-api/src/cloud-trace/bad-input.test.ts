import { gzipSync } from 'node:zlib';
import { encodeMessage, V1TracesType } from '@utxoiq/model/cloud-trace';
import type { FastifyInstance } from 'fastify';
import { beforeAll, describe, expect, it } from 'vitest';
import { testApp } from '../../test/cloud-trace/test-app.ts';
import { MAX_BODY_BYTES } from './body-limit.ts';

// What Google refuses and how, as far as it was seen: the shape of its errors, the field, and the text. Texts with a
// quotation mark in front were seen in Google's own answers; the others have Google's form.
const now = Date.parse('2026-11-22T12:00:00Z');
const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const TIME = "Illegal timestamp format; timestamps must end with 'Z' or have a valid timezone offset.";
const notHex = (id: string) =>
  `Invalid trace name: Trace ID must be a hexadecimal number with size = 32. Current Trace ID = ${id}`;

let app: FastifyInstance;
beforeAll(async () => {
  ({ app } = await testApp({ profile: 'documented', now: () => now }));
});

interface Refused {
  readonly field: string;
  readonly message: string | RegExp;
}
type Row = readonly [what: string, input: unknown, field: string, message: string | RegExp];

interface Call {
  readonly method: 'GET' | 'PATCH' | 'POST';
  readonly url: string;
  readonly payload?: string | Buffer;
  readonly headers?: Record<string, string>;
}

async function expectRefused({ headers, ...call }: Call, { field, message }: Refused): Promise<void> {
  const response = await app.inject({
    ...call,
    headers: { authorization: 'Bearer viewer', 'content-type': 'application/json', ...headers },
  });
  const text = typeof message === 'string' ? message : expect.stringMatching(message);
  const violation = { field, description: text };
  const details =
    field === '-'
      ? {}
      : { details: [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [violation] }] };
  expect(response.json()).toEqual({
    error: { code: 400, message: text, status: 'INVALID_ARGUMENT', ...details },
  });
  expect(response.statusCode).toBe(400);
  expect(response.headers['content-type']).toBe('application/json; charset=UTF-8');
}

describe('GetTrace refuses', () => {
  it.each([
    ['a short id', '12ab', 'trace_id', notHex('12ab')],
    ['an id that was never set', 'undefined', 'trace_id', notHex('undefined')],
    ['letters that are no digits', 'g'.repeat(32), 'trace_id', notHex('g'.repeat(32))],
    ['33 digits', `${traceId}0`, 'trace_id', notHex(`${traceId}0`)],
    [
      'zero',
      '0'.repeat(32),
      'trace_id',
      `Invalid trace name: Trace ID must not be zero. Current Trace ID = ${'0'.repeat(32)}`,
    ],
  ] satisfies Row[])('%s', (_what, id, field, message) =>
    expectRefused({ method: 'GET', url: `/v1/projects/p/traces/${id}` }, { field, message }),
  );

  it.each(['%20', 'a%2Fb', '%3Cscript%3E', `${'x'.repeat(101)}`])('the project id %j', (project) =>
    expectRefused(
      { method: 'GET', url: `/v1/projects/${project}/traces/${traceId}` },
      { field: 'project_id', message: /^Invalid project id: "/ },
    ),
  );
});

describe('ListTraces refuses', () => {
  const VIEW = 'type.googleapis.com/google.devtools.cloudtrace.v1.ListTracesRequest.ViewType';
  const TIMESTAMP = 'type.googleapis.com/google.protobuf.Timestamp';
  const badTime = (parameter: string, field: string) =>
    `Invalid value at '${field}' (${TIMESTAMP}), Field '${parameter}', ${TIME}`;
  const order = (text: string) =>
    `Invalid order_by "${text}": expected trace_id, name, duration or start, with " desc" after it for descending order.`;

  it.each([
    ['a view', 'view=ALL', 'view', `Invalid value at 'view' (${VIEW}), "ALL"`],
    ['a view in lower case', 'view=minimal', 'view', `Invalid value at 'view' (${VIEW}), "minimal"`],
    ['the number of no view', 'view=4', 'view', `Invalid value at 'view' (${VIEW}), 4`],
    ['a negative view', 'view=-1', 'view', `Invalid value at 'view' (${VIEW}), -1`],
    ['a page size', 'pageSize=x', 'page_size', `Invalid value at 'page_size' (TYPE_INT32), "x"`],
    ['half a trace', 'pageSize=1.5', 'page_size', `Invalid value at 'page_size' (TYPE_INT32), "1.5"`],
    [
      'a page size beyond 32 bits',
      'pageSize=2147483648',
      'page_size',
      `Invalid value at 'page_size' (TYPE_INT32), "2147483648"`,
    ],
    ['a page token', 'pageToken=forged', 'page_token', 'Invalid page token.'],
    ['words', 'startTime=yesterday', 'start_time', badTime('startTime', 'start_time')],
    ['no offset', 'endTime=2026-11-22T10:00:00', 'end_time', badTime('endTime', 'end_time')],
    ['a day alone', 'startTime=2026-11-22', 'start_time', badTime('startTime', 'start_time')],
    ['month 13', 'startTime=2026-13-01T00:00:00Z', 'start_time', badTime('startTime', 'start_time')],
    ['a small t', 'startTime=2026-11-22t10:00:00z', 'start_time', badTime('startTime', 'start_time')],
    [
      'ten digits of a second',
      'startTime=2026-11-22T10:00:00.0123456789Z',
      'start_time',
      badTime('startTime', 'start_time'),
    ],
    [
      'an end before the start',
      'startTime=2026-11-22T10:00:00Z&endTime=2026-11-22T09:00:00Z',
      'end_time',
      'Invalid end_time: it must not be before start_time.',
    ],
    ['an order', 'orderBy=size', 'order_by', order('size')],
    ['two orders', 'orderBy=start,duration', 'order_by', order('start,duration')],
    ['asc, which is no word of it', 'orderBy=start%20asc', 'order_by', order('start asc')],
    ['capitals', 'orderBy=Start', 'order_by', order('Start')],
    ['a mask', 'fields=traces(', 'fields', 'Invalid field selection traces('],
    ['a name in a mask', 'fields=traces/spans(name,nmae)', 'fields', 'Invalid field selection nmae'],
    ['a name below a text', 'fields=traces.traceId.more', 'fields', 'Invalid field selection more'],
    ['xml', 'alt=xml', 'alt', `Invalid value at 'alt' (TYPE_STRING), "xml"`],
    ['maybe', 'prettyPrint=maybe', 'pretty_print', `Invalid value at 'pretty_print' (TYPE_BOOL), "maybe"`],
    ['a script', 'callback=a(b)', 'callback', "Invalid value at 'callback': a JavaScript name is expected."],
    [
      'what it does not know',
      'nope=1',
      '',
      `Invalid JSON payload received. Unknown name "nope": Cannot bind query parameter. Field 'nope' could not be found in request message.`,
    ],
  ] satisfies Row[])('%s', (_what, query, field, message) =>
    expectRefused({ method: 'GET', url: `/v1/projects/p/traces?${query}` }, { field, message }),
  );

  it.each([
    'root:',
    'root: /x',
    'url:http://x',
    'a OR (b)',
    'latency:1.5s',
    'latency:>5',
    'latency:1m',
    '+latency:1s',
    '^+root:x',
    'label:""',
    '"open',
    'a:"b\\n"',
    'a:b*',
    '-a:b',
    'x '.repeat(201),
    'x'.repeat(8193),
    'x'.repeat(10_001),
  ])('the filter %j', (filter) =>
    expectRefused(
      { method: 'GET', url: `/v1/projects/p/traces?${new URLSearchParams({ filter })}` },
      { field: 'filter', message: /^Invalid filter: / },
    ),
  );

  it('no size that can be brought into range, as Google does', async () => {
    for (const pageSize of ['-5', '0', '100000', '']) {
      const url = `/v1/projects/p/traces?pageSize=${pageSize}`;
      expect((await app.inject({ url, headers: { authorization: 'Bearer viewer' } })).statusCode).toBe(200);
    }
  });
});

describe('PatchTraces refuses', () => {
  const at = 'traces.traces[0].spans[0]';
  const good = {
    spanId: '1',
    name: 'n',
    startTime: '2026-11-22T10:00:00Z',
    endTime: '2026-11-22T10:00:01Z',
  };
  const span = (change: object) => ({ traces: [{ traceId, spans: [{ ...good, ...change }] }] });
  const trace = (change: object) => ({ traces: [{ traceId, spans: [good], ...change }] });
  const V1 = 'type.googleapis.com/google.devtools.cloudtrace.v1';

  it.each([
    ['no trace id', trace({ traceId: null }), 'traces.traces[0].trace_id', notHex('')],
    ['a trace id', trace({ traceId: 'undefined' }), 'traces.traces[0].trace_id', notHex('undefined')],
    [
      "another's project",
      trace({ projectId: 'q' }),
      'traces.traces[0].project_id',
      `Invalid value at 'traces.traces[0].project_id': the trace's project "q" is not the request's "p".`,
    ],
    [
      'a span id in hex',
      span({ spanId: '125aee19018a78dd' }),
      `${at}.span_id`,
      `Invalid value at '${at}.span_id' (TYPE_FIXED64), "125aee19018a78dd"`,
    ],
    [
      'a negative id',
      span({ spanId: -1 }),
      `${at}.span_id`,
      `Invalid value at '${at}.span_id' (TYPE_FIXED64), -1`,
    ],
    [
      'an id of more than 64 bits',
      span({ spanId: '18446744073709551616' }),
      `${at}.span_id`,
      `Invalid value at '${at}.span_id' (TYPE_FIXED64), "18446744073709551616"`,
    ],
    [
      'span id zero',
      span({ spanId: 0 }),
      `${at}.span_id`,
      'Invalid span id: Span ID must be a non-zero 64-bit number. Current Span ID = 0',
    ],
    [
      "a parent's id in hex",
      span({ parentSpanId: 'ff' }),
      `${at}.parent_span_id`,
      `Invalid value at '${at}.parent_span_id' (TYPE_FIXED64), "ff"`,
    ],
    [
      "v2's kind",
      span({ kind: 'SERVER' }),
      `${at}.kind`,
      `Invalid value at '${at}.kind' (${V1}.TraceSpan.SpanKind), "SERVER"`,
    ],
    [
      'the number of no kind',
      span({ kind: 3 }),
      `${at}.kind`,
      `Invalid value at '${at}.kind' (${V1}.TraceSpan.SpanKind), 3`,
    ],
    [
      'a name that is no text',
      span({ name: 5 }),
      `${at}.name`,
      `Invalid value at '${at}.name' (TYPE_STRING), 5`,
    ],
    [
      'no start',
      span({ startTime: null }),
      `${at}.start_time`,
      `Invalid value at '${at}.start_time': the field is required.`,
    ],
    [
      'no end',
      span({ endTime: null }),
      `${at}.end_time`,
      `Invalid value at '${at}.end_time': the field is required.`,
    ],
    [
      'seconds of the epoch',
      span({ startTime: 1795341600 }),
      `${at}.start_time`,
      `Invalid value at '${at}.start_time' (type.googleapis.com/google.protobuf.Timestamp), 1795341600`,
    ],
    [
      'an end before the start',
      span({ endTime: '2026-11-22T09:00:00Z' }),
      `${at}.end_time`,
      `Invalid value at '${at}.end_time': 2026-11-22T09:00:00Z is before the start time 2026-11-22T10:00:00Z.`,
    ],
    [
      '15 days ago',
      span({ startTime: '2026-11-07T10:00:00Z' }),
      `${at}.start_time`,
      `Invalid value at '${at}.start_time': 2026-11-07T10:00:00Z is more than 14 days in the past.`,
    ],
    [
      'in four days',
      span({ startTime: '2026-11-26T13:00:00Z', endTime: '2026-11-26T13:00:00Z' }),
      `${at}.start_time`,
      `Invalid value at '${at}.start_time': 2026-11-26T13:00:00Z is more than 3 days in the future.`,
    ],
    [
      'a label that is no text',
      span({ labels: { a: 'x', b: 1 } }),
      `${at}.labels[1].value`,
      `Invalid value at '${at}.labels[1].value' (TYPE_STRING), 1`,
    ],
    [
      "v2's attributes",
      span({ attributes: {} }),
      at,
      `Invalid JSON payload received. Unknown name "attributes" at '${at}': Cannot find field.`,
    ],
    [
      'a list for one',
      span({ name: ['x'] }),
      `${at}.name`,
      `Invalid JSON payload received. Unknown name "name" at '${at}': Proto field is not repeating, cannot start list.`,
    ],
    ['one for a list', { traces: {} }, 'traces.traces', `Invalid value at 'traces.traces' (${V1}.Trace), {}`],
    ['an array', [], '', 'Invalid JSON payload received. Unknown name "": Root element must be a message.'],
    ['nothing', '', '', 'Invalid JSON payload received. Unexpected end of string. Expected a value.\n\n^'],
    [
      'what is no JSON',
      '{"traces": [}',
      '',
      'Invalid JSON payload received. Unexpected token.\n{"traces": [}\n            ^',
    ],
    [
      'what is no UTF-8',
      Buffer.from([0x22, 0xff, 0x22]),
      '',
      'Invalid JSON payload received. The text is not UTF-8.',
    ],
  ] satisfies Row[])('%s', (_what, body, field, message) => {
    const payload = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    return expectRefused({ method: 'PATCH', url: '/v1/projects/p/traces', payload }, { field, message });
  });

  it('all that is wrong at once, joined by line breaks', async () => {
    const payload = JSON.stringify(span({ spanId: 'x', name: 5 }));
    const response = await app.inject({ method: 'PATCH', url: '/v1/projects/p/traces', payload });
    const { error } = response.json();
    expect(error.message).toBe(
      `Invalid value at '${at}.span_id' (TYPE_FIXED64), "x"\nInvalid value at '${at}.name' (TYPE_STRING), 5`,
    );
    expect(error.details[0].fieldViolations.map(({ field }: { field: string }) => field)).toEqual([
      `${at}.span_id`,
      `${at}.name`,
    ]);
  });

  it('more than 25,000 spans, and a body that is too large, however it is packed', async () => {
    const spans = Array.from({ length: 25_001 }, (_, index) => ({
      spanId: BigInt(index + 1),
      kind: 0,
      name: '',
      startTime: BigInt(now) * 1_000_000n,
      endTime: BigInt(now) * 1_000_000n,
      parentSpanId: 0n,
      labels: new Map<string, string>(),
    }));
    const url = '/v1/projects/p/traces';
    const binary = { 'content-type': 'application/x-protobuf' };
    const payload = Buffer.from(
      encodeMessage(V1TracesType, { traces: [{ projectId: 'p', traceId, spans }] }),
    );
    await expectRefused(
      { method: 'PATCH', url, payload, headers: binary },
      { field: 'traces.traces', message: 'Too many spans in one request: 25001, at most 25000.' },
    );
    const large = Buffer.alloc(MAX_BODY_BYTES + 1, ' ');
    const message = `Request payload size exceeds the limit: ${MAX_BODY_BYTES} bytes.`;
    await expectRefused({ method: 'PATCH', url, payload: large }, { field: '-', message });
    const packed = { 'content-encoding': 'gzip' };
    await expectRefused(
      { method: 'PATCH', url, payload: gzipSync(large), headers: packed },
      { field: '-', message },
    );
    await expectRefused(
      { method: 'PATCH', url, payload: 'no gzip', headers: packed },
      { field: '-', message: 'Invalid gzip content.' },
    );
    await expectRefused(
      { method: 'PATCH', url, payload: Buffer.from([0xff]), headers: binary },
      { field: '-', message: /^Invalid protobuf received: / },
    );
  });
});

describe('BatchWriteSpans and CreateSpan refuse', () => {
  const good = {
    name: `projects/p/traces/${traceId}/spans/${spanId}`,
    spanId,
    displayName: { value: 'n' },
    startTime: '2026-11-22T10:00:00Z',
    endTime: '2026-11-22T10:00:01Z',
  };
  const at = 'spans[1]';
  const notSpanHex = (id: string) =>
    `Invalid span name: Span ID must be a hexadecimal number with size = 16. Current Span ID = ${id}`;
  const named = (name: string) => ({ name });

  it.each([
    [
      'a name of another shape',
      named('traces/1'),
      `${at}.name`,
      'Invalid span name: the name must be projects/[PROJECT_ID]/traces/[TRACE_ID]/spans/[SPAN_ID]. Current name = traces/1',
    ],
    [
      'a trace that was never set',
      named(`projects/p/traces/undefined/spans/${spanId}`),
      `${at}.name`,
      notHex('undefined'),
    ],
    ['a short span id', named(`projects/p/traces/${traceId}/spans/1`), `${at}.name`, notSpanHex('1')],
    [
      "another's project",
      named(`projects/q/traces/${traceId}/spans/${spanId}`),
      `${at}.name`,
      `Invalid span name: project "q" is not the request's "p".`,
    ],
    ['no span id', { spanId: '' }, `${at}.span_id`, notSpanHex('')],
    [
      'another span id',
      { spanId: '00f067aa0ba902b7' },
      `${at}.span_id`,
      `Invalid span id: 00f067aa0ba902b7 is not the one in the name, ${spanId}.`,
    ],
    ['a parent', { parentSpanId: 'xyz' }, `${at}.parent_span_id`, 'Invalid parent id!'],
    ['parent zero', { parentSpanId: '0'.repeat(16) }, `${at}.parent_span_id`, 'Invalid parent id!'],
    [
      'no display name',
      { displayName: null },
      `${at}.display_name`,
      `Invalid value at '${at}.display_name': the field is required.`,
    ],
    [
      'no start',
      { startTime: null },
      `${at}.start_time`,
      `Invalid value at '${at}.start_time': the field is required.`,
    ],
    [
      'the number of no kind',
      { spanKind: 6 },
      `${at}.span_kind`,
      `Invalid value at '${at}.span_kind' (type.googleapis.com/google.devtools.cloudtrace.v2.Span.SpanKind), 6`,
    ],
    [
      'a number that is none',
      { attributes: { attributeMap: { n: { intValue: '1.5' } } } },
      `${at}.attributes.attribute_map[0].value.int_value`,
      `Invalid value at '${at}.attributes.attribute_map[0].value.int_value' (TYPE_INT64), "1.5"`,
    ],
    [
      'two values in one',
      { attributes: { attributeMap: { n: { intValue: '1', boolValue: true } } } },
      `${at}.attributes.attribute_map[0].value`,
      `Invalid value at '${at}.attributes.attribute_map[0].value' (oneof), oneof field 'value' is already set. Cannot set 'boolValue'`,
    ],
    [
      'a double, which v2 has not',
      { attributes: { attributeMap: { n: { doubleValue: 1 } } } },
      `${at}.attributes.attribute_map[0].value`,
      `Invalid JSON payload received. Unknown name "doubleValue" at '${at}.attributes.attribute_map[0].value': Cannot find field.`,
    ],
    [
      'an event without time',
      { timeEvents: { timeEvent: [{ annotation: { description: { value: 'x' } } }] } },
      `${at}.time_events.time_event[0].time`,
      /^Invalid value at 'spans\[1\]\.time_events\.time_event\[0\]\.time': /,
    ],
    [
      'a link to nowhere',
      { links: { link: [{ traceId: 'x', spanId }] } },
      `${at}.links.link[0]`,
      notHex('x'),
    ],
    [
      'a code that is no number',
      { status: { code: 'NOT_FOUND' } },
      `${at}.status.code`,
      `Invalid value at '${at}.status.code' (TYPE_INT32), "NOT_FOUND"`,
    ],
  ] satisfies Row[])('%s', (_what, change, field, message) => {
    const payload = JSON.stringify({ spans: [good, { ...good, ...(change as object) }] });
    return expectRefused(
      { method: 'POST', url: '/v2/projects/p/traces:batchWrite', payload },
      { field, message },
    );
  });

  it.each([
    ['undefined', spanId, 'name', notHex('undefined')],
    [traceId, '125', 'name', notSpanHex('125')],
  ])('to create trace %s, span %s', (trace, span, field, message) => {
    const payload = JSON.stringify({ ...good, name: '', spanId: span });
    return expectRefused(
      { method: 'POST', url: `/v2/projects/p/traces/${trace}/spans/${span}`, payload },
      { field, message },
    );
  });
});
