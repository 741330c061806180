import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { gzipSync } from 'node:zlib';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectedSpan } from './otlp/expected-json.ts';
import { type DecodedSpan, decodeSpans, hexOf } from './otlp/otlp-decoder.ts';
import { type RealBackend, startRealBackend } from './real-backend.ts';

// Requests recorded from the OpenTelemetry demo; they lie beside a checkout, not in it.
const folder = fileURLToPath(new URL('../../../../shared/data/otel-demo/', import.meta.url));
const bodies = existsSync(folder)
  ? readdirSync(folder)
      .filter((file) => file.endsWith('.bin'))
      .map((file) => readFileSync(`${folder}${file}`))
  : [];

/** What was sent, by trace; an exact copy of a span counts once. */
function byTrace(spans: readonly DecodedSpan[]): Map<string, ReturnType<typeof expectedSpan>[]> {
  const traces = new Map<string, Map<string, ReturnType<typeof expectedSpan>>>();
  for (const decoded of spans) {
    const traceId = hexOf(decoded.span.traceId);
    const expected = expectedSpan(decoded);
    const trace = traces.get(traceId) ?? new Map();
    traces.set(traceId, trace.set(JSON.stringify(expected), expected));
  }
  return new Map([...traces].map(([traceId, trace]) => [traceId, [...trace.values()]]));
}

const order = (
  a: { start_time: string; span_id: string },
  b: { start_time: string; span_id: string },
): number => (a.span_id < b.span_id ? -1 : a.span_id > b.span_id ? 1 : a.start_time < b.start_time ? -1 : 1);

describe.skipIf(bodies.length === 0)('the recorded requests', () => {
  const sent = byTrace(bodies.flatMap((body) => decodeSpans(body)));
  let backend: RealBackend;
  let headers: { authorization: string };

  beforeAll(async () => {
    backend = await startRealBackend();
    headers = { authorization: `Bearer ${await backend.token({ ttlSeconds: 3600 })}` };
    for (const [index, body] of bodies.entries()) {
      const isZipped = index % 2 === 1;
      const response = await fetch(`${backend.url}/v1/traces`, {
        method: 'POST',
        body: isZipped ? gzipSync(body) : body,
        headers: {
          'content-type': 'application/x-protobuf',
          ...(isZipped ? { 'content-encoding': 'gzip' } : {}),
        },
      });
      expect(response.status).toBe(200);
    }
  });
  afterAll(() => backend?.[Symbol.asyncDispose]());

  const read = async <T>(path: string): Promise<{ response: Response; body: T }> => {
    const response = await fetch(`${backend.url}/api/v1/monitoring/${path}`, { headers });
    return { response, body: (await response.json()) as T };
  };

  it('are 101, the last readable like the others', async () => {
    expect(bodies).toHaveLength(101);
    const ids = decodeSpans(bodies.at(-1) ?? new Uint8Array()).map(({ span }) => hexOf(span.traceId));
    await expect.poll(async () => (await read(`traces/${ids.at(-1)}`)).response.status).toBe(200);
  });

  it('come back whole, span by span, as an independent decoder reads them', {
    timeout: 600_000,
  }, async () => {
    const waiting = [...sent];
    let compared = 0;
    const reader = async (): Promise<void> => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const [traceId, expected] = next;
        const { response, body } = await read<TraceJson>(`traces/${traceId}`);
        body.spans?.sort(order);
        const found = { ...pick(body), status: response.status, spans: body.spans };
        const wanted = {
          trace_id: traceId,
          project_id: 'utxoiq-local',
          span_count: expected.length,
          status: 200,
          spans: expected.sort(order),
        };
        // Vitest's own comparison is slower; it is for saying what differs.
        if (!isDeepStrictEqual(found, wanted)) expect(found).toEqual(wanted);
        compared += expected.length;
      }
    };
    await Promise.all([reader(), reader(), reader()]);
    expect(compared).toBe([...sent.values()].flat().length);
  });

  it('are all in the list, page by page, each once', async () => {
    const times = [...sent.values()]
      .flat()
      .map((span) => span.start_time)
      .sort();
    const search = new URLSearchParams({
      start_time: times[0] ?? '',
      end_time: '2030-01-01T00:00:00Z',
      page_size: '70',
    });
    const seen = new Map<string, number>();
    let path: string | undefined = `traces?${search}`;
    while (path !== undefined) {
      const { response, body }: ListAnswer = await read(path);
      for (const trace of body) {
        expect(seen.has(trace.trace_id)).toBe(false);
        seen.set(trace.trace_id, trace.span_count);
      }
      path = /<\/api\/v1\/monitoring\/([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
    }
    expect(seen).toEqual(new Map([...sent].map(([traceId, spans]) => [traceId, spans.length])));
  });

  it('answer every question of the viewer in the documented shape', async () => {
    const document = (await backend.app.inject('/openapi.json')).json();
    const range = 'start_time=2024-01-01T00:00:00Z&end_time=2030-01-01T00:00:00Z';
    const services = (await read<{ service: string; count: number }[]>(`services?${range}`)).body;
    const counted = new Map<string, number>();
    for (const { service } of [...sent.values()].flat())
      counted.set(service, (counted.get(service) ?? 0) + 1);
    expect(new Map(services.map(({ service, count }) => [service, count]))).toEqual(counted);
    for (const path of [
      'spans',
      'services',
      'operations',
      'dependencies',
      'attributes',
      'timeseries',
      'heatmap',
    ]) {
      const { response, body } = await read(`${path}?${range}`);
      expect(response.status, path).toBe(200);
      expectShape(document, `/api/v1/monitoring/${path}`, body);
    }
    for (const path of [
      'attributes/values?key=http.method&',
      'facets?key=service&key=status&',
      'timeseries?group_by=service&',
    ]) {
      const { response, body } = await read(`${path}${range}`);
      expect(response.status, path).toBe(200);
      expectShape(document, `/api/v1/monitoring/${path.split('?')[0]}`, body);
    }
    const [trace] = (await read<TraceJson[]>(`traces?${range}&page_size=1`)).body;
    expectShape(document, '/api/v1/monitoring/traces', [trace]);
    expectShape(
      document,
      '/api/v1/monitoring/traces/{trace_id}',
      (await read(`traces/${trace?.trace_id}`)).body,
    );
  });

  it('filters by the Cloud Trace language, older HTTP names included', async () => {
    const range = 'start_time=2024-01-01T00:00:00Z&end_time=2030-01-01T00:00:00Z&page_size=1000';
    const wanted = [...sent].filter(([, spans]) =>
      spans.some(
        (span) =>
          span.attributes['http.method'] === 'POST' || span.attributes['http.request.method'] === 'POST',
      ),
    );
    const { body } = await read<TraceJson[]>(
      `traces?${range}&filter_str=${encodeURIComponent('+http.method:POST')}`,
    );
    expect(body.map((trace) => trace.trace_id).sort()).toEqual(wanted.map(([id]) => id).sort());
  });
});

const pick = ({ trace_id, project_id, span_count }: TraceJson) => ({ trace_id, project_id, span_count });

/** Holds an answer against the response schema that the OpenAPI document gives for its route. */
function expectShape(document: { paths: Record<string, OpenApiPath> }, path: string, body: unknown): void {
  const schema = document.paths[path]?.get?.responses['200']?.content?.['application/json']?.schema;
  expect(schema, path).toBeDefined();
  const ajv = new Ajv({ strict: false });
  const validate = ajv.compile(schema ?? {});
  expect(validate(body) ? [] : validate.errors, path).toEqual([]);
}
interface TraceJson {
  readonly trace_id: string;
  readonly project_id: string;
  readonly span_count: number;
  readonly spans: ReturnType<typeof expectedSpan>[];
}
interface ListAnswer {
  readonly response: Response;
  readonly body: readonly { readonly trace_id: string; readonly span_count: number }[];
}
interface OpenApiPath {
  get?: { responses: Record<string, { content?: Record<string, { schema: object }> }> };
}
