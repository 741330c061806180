import { createHash } from 'node:crypto';

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
  baseMs: number;
  spans: readonly MadeSpan[];
}): object {
  const { traceId, service, baseMs, spans } = options;
  return {
    resourceSpans: [
      {
        resource: { attributes: [attribute(['service.name', service])] },
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
