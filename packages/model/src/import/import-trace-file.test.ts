import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apiFile, cloudTraceFile, jaegerFile, otlpFile, zipkinFile } from '../../test/trace-files.ts';
import { buildOutline } from '../trace/build-outline.ts';
import { buildTree } from '../trace/tree.ts';
import { importTraceFile } from './import-trace-file.ts';

function imported(json: unknown) {
  const result = importTraceFile(typeof json === 'string' ? json : JSON.stringify(json), {
    defaultProjectId: 'here',
  });
  if (!result.ok) throw new Error(result.message);
  return result;
}
const message = (text: string) => {
  const result = importTraceFile(text);
  return result.ok ? `${result.spans.length} spans` : result.message;
};

describe('importTraceFile', () => {
  it('reads OTLP JSON: a request, a list of them, one per line', () => {
    const request = JSON.stringify(otlpFile);
    for (const [text, count] of [
      [request, 1],
      [`\uFEFF ${request}\n`, 1],
      [`[${request},${request}]`, 2],
      [`${request}\n\n${request}\r\n${request}\n`, 3],
    ] as const) {
      const { format, spans } = imported(text);
      expect(format).toBe('otlp-json');
      expect(spans).toHaveLength(count);
      expect(spans[0]).toMatchObject({
        name: 'I',
        startUnixNano: 1_700_000_000_000_000_001n,
        projectId: 'here',
      });
    }
  });

  it("reads Jaeger's JSON and puts OpenTelemetry's fields back where they belong", () => {
    const { format, spans, rejected } = imported(jaegerFile);
    expect(format).toBe('jaeger-json');
    expect(spans[0]).toMatchObject({
      traceId: '5b8efff798038103d269b633813fc60c',
      spanId: 'eee19b7ec3c1b174',
      parentSpanId: null,
      name: 'GET /dispatch',
      kind: 2,
      flags: 1,
      traceState: 'a=b',
      startUnixNano: 1_700_000_000_000_123_000n,
      endUnixNano: 1_700_000_000_001_623_000n,
      status: { code: 2, message: 'boom' },
      scope: { name: 'http' },
      events: [
        { name: 'retry', timeUnixNano: 1_700_000_000_000_500_000n, attributes: new Map([['count', 2n]]) },
      ],
    });
    expect(spans[0]?.attributes).toEqual(
      new Map<string, unknown>([
        ['http.status_code', 500n],
        ['ratio', 2],
        ['error', true],
        ['big', 9_007_199_254_740_993n],
        ['blob', new Uint8Array([1, 2])],
      ]),
    );
    expect(spans[0]?.resource.attributes).toEqual(
      new Map([
        ['service.name', 'frontend'],
        ['host.name', 'h1'],
      ]),
    );
    expect(spans[1]).toMatchObject({
      spanId: '000000000001b174',
      parentSpanId: 'eee19b7ec3c1b174',
      links: [{ traceId: 'ff'.padStart(32, '0'), spanId: 'aa'.padStart(16, '0') }],
    });
    expect(rejected).toEqual([
      { path: 'data[0].spans[2]', reason: 'traceID: expected up to 32 hex digits, not all zero, got "x"' },
    ]);
    expect(imported(jaegerFile.data[0]).spans).toHaveLength(2);
    expect(imported(jaegerFile.data).spans).toHaveLength(2);
  });

  it("reads Zipkin's JSON, whose halves of a call the tree joins", () => {
    const { format, spans, rejected } = imported(zipkinFile);
    expect(format).toBe('zipkin-json');
    expect(spans[0]).toMatchObject({
      traceId: '0000000000000000d269b633813fc60c',
      kind: 3,
      status: { code: 2, message: 'timed out' },
      endUnixNano: 1_700_000_000_001_623_000n,
      events: [{ name: 'wire.send' }],
      attributes: new Map<string, unknown>([
        ['network.local.address', '10.0.0.1'],
        ['network.local.port', 8080n],
        ['network.peer.address', '::1'],
        ['peer.service', 'backend'],
        ['http.method', 'GET'],
        ['error', 'timed out'],
      ]),
    });
    expect(rejected).toEqual([{ path: '[2]', reason: 'timestamp: missing' }]);
    expect([...buildTree(buildOutline(spans)).parentRows]).toEqual([-1, 0]);
    expect(imported([zipkinFile]).spans).toEqual(spans);
  });

  it("reads Cloud Trace v1's JSON: one trace or several", () => {
    const { format, spans } = imported(cloudTraceFile);
    expect(format).toBe('cloud-trace-json');
    expect(spans[0]).toMatchObject({
      projectId: 'utxoiq-prod',
      spanId: 2_205_310_701_640_571_284n.toString(16).padStart(16, '0'),
      kind: 2,
      status: { code: 2 },
      startUnixNano: 1_700_000_000_000_123_000n,
      resource: { attributes: new Map([['service.name', 'web-api']]) },
    });
    expect(spans[1]).toMatchObject({ spanId: '000000000000004a', parentSpanId: spans[0]?.spanId });
    expect(imported({ traces: [cloudTraceFile], nextPageToken: 'x' }).spans).toEqual(spans);
    expect(imported([cloudTraceFile]).spans).toEqual(spans);
  });

  it("reads what this project's own API answers", () => {
    const { format, spans, rejected } = imported(apiFile);
    expect(format).toBe('api-json');
    expect(spans).toEqual([
      {
        projectId: 'p1',
        traceId: '5b8efff798038103d269b633813fc60c',
        spanId: 'eee19b7ec3c1b174',
        parentSpanId: null,
        traceState: 'x=y',
        flags: 257,
        name: 'GET /insights',
        kind: 2,
        startUnixNano: 1_700_000_000_000_000_123n,
        endUnixNano: 1_700_000_001_000_000_000n,
        attributes: new Map<string, unknown>([
          ['a', 1n],
          ['b', 2],
          ['http.route', '/insights'],
        ]),
        droppedAttributesCount: 3,
        events: [
          {
            name: 'e',
            timeUnixNano: 1_700_000_000_500_000_000n,
            attributes: new Map([['n', null]]),
            droppedAttributesCount: 0,
          },
        ],
        droppedEventsCount: 0,
        links: [
          {
            traceId: 'a'.repeat(32),
            spanId: 'b'.repeat(16),
            traceState: '',
            flags: 1,
            attributes: new Map(),
            droppedAttributesCount: 0,
          },
        ],
        droppedLinksCount: 0,
        status: { code: 2, message: 'boom' },
        resource: {
          attributes: new Map([['service.name', 'web']]),
          droppedAttributesCount: 0,
          schemaUrl: 'r',
        },
        scope: {
          name: 'lib',
          version: '1',
          attributes: new Map(),
          droppedAttributesCount: 0,
          schemaUrl: 's',
        },
      },
    ]);
    expect(rejected).toMatchObject([
      { path: 'spans[1]', reason: 'start_time: expected a time as RFC 3339, got "yesterday"' },
    ]);
  });

  it.each([
    ['', 'The file is empty.'],
    ['<html>', /^The file is no JSON: /],
    ['{"resourceSpans":[]}\n{oops', /^The file is no JSON in line 2: /],
    ['{"a":1}', /^The file holds JSON, but no trace: expected a trace of this API, OTLP JSON/],
    [
      '{"trace_id":"1","spans":[{"span_id":"1","start_time":"2026-01-01T00:00:00Z","end_time":"2026-01-01T00:00:00Z","attributes":{"a":1},"attribute_types":{"a":"int"}}]}',
      /spans\[0\].attributes: attribute "a" does not fit/,
    ],
    ['[]', /no trace/],
    ['5', /no trace/],
    ['{"resourceSpans":[]}', 'The file is OTLP JSON without a usable span.'],
    [
      '{"resourceSpans":[5]}',
      'The file looks like OTLP JSON, but at resourceSpans[0]: expected an object, got 5.',
    ],
    [
      '{"data":[{"traceID":"1","spans":{}}]}',
      'The file looks like Jaeger JSON, but at data[0].spans: expected an array, got an object.',
    ],
    [
      '[{"traceId":"1","id":"0","timestamp":1}]',
      'The file is Zipkin JSON without a usable span. 1 were left out; the first, [0]: id: expected up to 16 hex digits, not all zero, got "0".',
    ],
    ['[{"traceId":"1","id":"1","timestamp":-1}]', /timestamp: expected microseconds, got -1/],
    ['{"traceId":"1","spans":[{"spanId":"abc"}]}', /^The file looks like Cloud Trace JSON, but at /],
    ['{"traceId":"1","spans":[{"spanId":"1"}]}', /trace id is not 32 hex digits/],
  ])('says what is wrong with %s', (text, expected) => {
    if (typeof expected === 'string') expect(message(text)).toBe(expected);
    else expect(message(text)).toMatch(expected);
  });

  it('refuses what nests too deep instead of overflowing the stack', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const into = (file: object, place: string) => JSON.stringify(file).replace(place, deep);
    expect(message(into(apiFile, '"/insights"'))).toMatch(/attribute "http.route" does not fit/);
    expect(message(into(jaegerFile, '"boom"'))).toBe('2 spans');
    expect(message(into(jaegerFile, '"boom"').replace('"9007199254740993"', '9007199254740993'))).toBe(
      'The file is no JSON: nests too deep.',
    );
    expect(message(into(zipkinFile, '"timed out"'))).toMatch(/expected a string, got an array/);
    expect(message(into(cloudTraceFile, '"web-api"'))).toMatch(/looks like Cloud Trace JSON, but/);
    expect(message(deep)).toMatch(/no trace/);
  });

  it('never throws, however a good file is damaged', () => {
    const files = [apiFile, jaegerFile, zipkinFile, cloudTraceFile, otlpFile].map((file) =>
      JSON.stringify(file),
    );
    const junk = fc.constantFrom('null', '1', '"x"', '[]', '{}', '-1', '1e99', 'true', '[[1]]');
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.nat(), fc.nat(1), junk, (file, at, cut, value) => {
        const places = [...file.matchAll(/:("[^"]*"|[^,{}[\]"]+|\[\]|\{|\[)/g)];
        const place = places[at % places.length];
        if (place?.[1] === undefined) return;
        const isWhole = !/[[{]$/.test(place[1]) || place[1] === '[]';
        const start = place.index + 1;
        const damaged = isWhole
          ? file.slice(0, start) + value + file.slice(start + place[1].length)
          : file.slice(0, start + cut);
        importTraceFile(damaged);
      }),
      { numRuns: 2000 },
    );
  });
});
