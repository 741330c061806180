import { createHash } from 'node:crypto';
import type { RunningPlatform } from '../platform/running-platform.ts';

/** Ids that are the same in every run. */
export function idOf(text: string, digits: 16 | 32): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}

export interface MadeSpan {
  readonly id: string;
  readonly parent?: string;
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly error?: boolean;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly linkTo?: { readonly traceId: string; readonly spanId: string };
  readonly exception?: { readonly type: string; readonly message: string; readonly stack: string };
}

const attribute = ([key, value]: [string, string]) => ({ key, value: { stringValue: value } });
const nanos = (baseMs: number, ms: number) => `${BigInt(Math.round((baseMs + ms) * 1000)) * 1000n}`;

/** OTLP/JSON of one trace of one service. */
export function otlpJson(options: {
  traceId: string;
  service: string;
  /** Where it belongs; the platform's own project without it. */
  project?: string;
  baseMs: number;
  spans: readonly MadeSpan[];
}): object {
  const { traceId, service, project, baseMs, spans } = options;
  const own = project === undefined ? [] : [attribute(['gcp.project_id', project])];
  return {
    resourceSpans: [
      {
        resource: { attributes: [attribute(['service.name', service]), ...own] },
        scopeSpans: [
          {
            scope: { name: 'e2e' },
            spans: spans.map((span) => ({
              traceId,
              spanId: idOf(span.id, 16),
              ...(span.parent === undefined ? {} : { parentSpanId: idOf(span.parent, 16) }),
              name: span.name,
              kind: 2,
              startTimeUnixNano: nanos(baseMs, span.startMs),
              endTimeUnixNano: nanos(baseMs, span.endMs),
              attributes: Object.entries(span.attributes ?? {}).map(attribute),
              status: { code: span.error === true ? 2 : 0 },
              links: span.linkTo === undefined ? [] : [span.linkTo],
              events:
                span.exception === undefined
                  ? []
                  : [
                      {
                        name: 'exception',
                        timeUnixNano: nanos(baseMs, span.startMs + 1),
                        attributes: [
                          attribute(['exception.type', span.exception.type]),
                          attribute(['exception.message', span.exception.message]),
                          attribute(['exception.stacktrace', span.exception.stack]),
                        ],
                      },
                    ],
            })),
          },
        ],
      },
    ],
  };
}

/** Sends OTLP/JSON and fails unless all of it is accepted. */
export async function post(otlpHttpUrl: string, body: object): Promise<void> {
  const response = await fetch(`${otlpHttpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok || text.includes('rejectedSpans'))
    throw new Error(`OTLP refused: ${response.status} ${text}`);
}

export const insightsRoute = 'GET /api/v1/insights';
export const callerTrace = idOf('caller', 32);
export const queueTrace = idOf('queue', 32);
export const wideTrace = idOf('wide', 32);
export const strangerTrace = idOf('stranger', 32);
export const strangerProject = 'another-project';
/** What would set the page's title to 1 if it were ever taken for HTML. */
export const hostileName = '<img src=x onerror="document.title=1">"</script>';

const fastRequests = 12;
const allRequests = fastRequests + 3;

/** The platform's own route, with its slow path, its failing path and neither, and traces made by hand. */
export async function makeTraffic(
  platform: RunningPlatform,
): Promise<{ slowTrace: string; fastTrace: string }> {
  const ask = async (query: string): Promise<string> => {
    const answer = await fetch(`${platform.url}/api/v1/insights${query}`);
    await answer.text();
    return (answer.headers.get('x-cloud-trace-context') ?? '').slice(0, 32);
  };
  let fastTrace = '';
  for (let round = 0; round < fastRequests; round += 1) fastTrace = await ask('');
  const [slowTrace] = await Promise.all([ask('?slow=1'), ask('?slow=1'), ask('?fail=1')]);
  const baseMs = Date.now() - 60_000;
  const children = Array.from({ length: 1500 }, (_, index) => ({
    id: `wide ${index}`,
    parent: 'wide',
    name: `part ${index}`,
    startMs: index / 20,
    endMs: index / 20 + 3,
  }));
  const wide = [{ id: 'wide', name: 'many parts', startMs: 0, endMs: 100 }, ...children];
  await Promise.all([
    post(platform.otlpHttpUrl, callerOtlp(baseMs)),
    post(
      platform.otlpHttpUrl,
      otlpJson({
        traceId: queueTrace,
        service: 'worker',
        baseMs,
        spans: [{ id: 'consume', name: 'consume order', startMs: 100, endMs: 140 }],
      }),
    ),
    post(platform.otlpHttpUrl, otlpJson({ traceId: wideTrace, service: 'batch', baseMs, spans: wide })),
    post(
      platform.otlpHttpUrl,
      otlpJson({
        traceId: strangerTrace,
        service: 'stranger',
        project: strangerProject,
        baseMs,
        spans: [{ id: 'stranger', name: 'elsewhere', startMs: 0, endMs: 7 }],
      }),
    ),
  ]);
  return { slowTrace, fastTrace };
}

/** A failed call with everything a span may have, below a hostile name, beside a span whose parent never came. */
function callerOtlp(baseMs: number): object {
  return otlpJson({
    traceId: callerTrace,
    service: 'caller',
    baseMs,
    spans: [
      { id: 'root', name: hostileName, startMs: 0, endMs: 90 },
      {
        id: 'publish',
        parent: 'root',
        name: 'publish order',
        startMs: 10,
        endMs: 30,
        error: true,
        attributes: {
          'order.region': 'eu north "1"',
          'page.url': 'javascript:document.title=1',
          'page.html': hostileName,
          body: 'x'.repeat(200_000),
        },
        linkTo: { traceId: queueTrace, spanId: idOf('consume', 16) },
        exception: {
          type: 'OrderError',
          message: hostileName,
          stack: 'OrderError: no stock\n    at publish (order.ts:7)',
        },
      },
      { id: 'orphan', parent: 'never sent', name: 'late child', startMs: 40, endMs: 50 },
    ],
  });
}

/** Until the store has what was just sent, and what the platform's own services export in their own time. */
export async function untilReadable(platform: RunningPlatform, token: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  const read = `${platform.url}/api/v1/monitoring/traces`;
  const query = new URLSearchParams({ language: 'query', page_size: '100' });
  query.set('start_time', new Date(Date.now() - 3_600_000).toISOString());
  query.set('filter_str', `root="${insightsRoute}"`);
  for (const deadline = Date.now() + 200_000; Date.now() < deadline; ) {
    query.set('end_time', new Date().toISOString());
    const list = await fetch(`${read}?${query}`, { headers });
    const traces = (await list.json()) as { span_count: number; services: unknown[] }[];
    const whole = traces.filter(({ span_count, services }) => span_count > 8 && services.length === 3);
    const made = [callerTrace, queueTrace, wideTrace, strangerTrace].map((id) =>
      fetch(`${read}/${id}/outline`, { headers }),
    );
    if (whole.length >= allRequests && (await Promise.all(made)).every(({ status }) => status === 200))
      return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the traffic did not become readable');
}
