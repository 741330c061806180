import type { AttributeValue } from '../src/attribute-value.ts';
import type { Span, SpanKind, StatusCode } from '../src/span.ts';

export interface MakeSpan {
  traceId?: string;
  /** Hex, padded with zeros. */
  spanId?: string;
  parentSpanId?: string | null;
  name?: string;
  service?: string;
  kind?: SpanKind;
  status?: StatusCode;
  /** Milliseconds after 2023-11-14T22:13:20Z. */
  startMs?: number;
  endMs?: number;
  attributes?: Record<string, AttributeValue>;
}

/** A whole span from the few fields that a test is about. */
export function makeSpan(fields: MakeSpan = {}): Span {
  const { spanId = '1', parentSpanId = null, startMs = 0, endMs = startMs } = fields;
  return {
    projectId: 'p',
    traceId: (fields.traceId ?? 'a').padStart(32, '0'),
    spanId: spanId.padStart(16, '0'),
    parentSpanId: parentSpanId === null ? null : parentSpanId.padStart(16, '0'),
    traceState: '',
    flags: 0,
    name: fields.name ?? 'span',
    kind: fields.kind ?? 1,
    startUnixNano: at(startMs),
    endUnixNano: at(endMs),
    attributes: new Map(Object.entries(fields.attributes ?? {})),
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: { code: fields.status ?? 0, message: '' },
    resource: {
      attributes: new Map([['service.name', fields.service ?? 'service']]),
      droppedAttributesCount: 0,
      schemaUrl: '',
    },
    scope: { name: '', version: '', attributes: new Map(), droppedAttributesCount: 0, schemaUrl: '' },
  };
}

function at(ms: number): bigint {
  return 1_700_000_000_000_000_000n + BigInt(Math.round(ms * 1e6));
}
