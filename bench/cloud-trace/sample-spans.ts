import type { Span } from '@utxoiq/model';
import {
  emptyMessage,
  ServiceResources,
  spanFromV2,
  type V1Traces,
  type V2AttributeValue,
  type V2Span,
  V2SpanType,
  v1FromSpans,
} from '@utxoiq/model/cloud-trace';

/** Stands at the begin of every trace id, for a sender to write over. */
export const MARK = 'cafecafe';
const SPANS_PER_TRACE = 8;

/** v2 spans with 11 attributes each, eight to a trace. */
export function sampleSpans(count: number): V2Span[] {
  return Array.from({ length: count }, (_, index) => spanAt(index));
}

/** The same spans as ours. */
export function ownSpans(count: number): Span[] {
  const resources = new ServiceResources();
  return sampleSpans(count).map((span) => spanFromV2(span, resources));
}

/** The same spans as v1 has them. */
export function sampleTraces(count: number): V1Traces {
  const traces = Map.groupBy(ownSpans(count), ({ traceId }) => traceId);
  return { traces: Array.from(traces, ([traceId, ofTrace]) => v1FromSpans('bench', traceId, ofTrace)) };
}

function spanAt(index: number): V2Span {
  const traceId = `${MARK}${Math.floor(index / SPANS_PER_TRACE)
    .toString(16)
    .padStart(24, '0')}`;
  const spanId = (index + 1).toString(16).padStart(16, '0');
  const text = (value: string) => ({
    stringValue: { value, truncatedByteCount: 0 },
    intValue: null,
    boolValue: null,
  });
  const int = (value: number) => ({ stringValue: null, intValue: BigInt(value), boolValue: null });
  const startTime = BigInt(Date.now()) * 1_000_000n;
  return {
    ...emptyMessage(V2SpanType),
    name: `projects/bench/traces/${traceId}/spans/${spanId}`,
    spanId,
    parentSpanId:
      index % SPANS_PER_TRACE === 0
        ? ''
        : (index - (index % SPANS_PER_TRACE) + 1).toString(16).padStart(16, '0'),
    displayName: { value: 'GET /api/v1/insights', truncatedByteCount: 0 },
    startTime,
    endTime: startTime + 12_345_678n,
    attributes: {
      attributeMap: new Map<string, V2AttributeValue>([
        ['service.name', text('web-api')],
        ['/http/method', text('GET')],
        ['/http/url', text(`https://api.utxoiq.example/api/v1/insights?page=${index}`)],
        ['/http/path', text('/api/v1/insights')],
        ['/http/route', text('/api/v1/insights')],
        ['/http/status_code', int(200)],
        ['/http/user_agent', text('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36')],
        ['client.address', text(`10.0.${index % 200}.${index % 250}`)],
        ['correlation_id', text(`01JD${index.toString(36).padStart(12, '0')}`)],
        ['db.rows', int(index)],
        ['g.co/agent', text('opentelemetry-js 2.12.1; google-cloud-trace-exporter 3.1.0')],
      ]),
      droppedAttributesCount: 0,
    },
    spanKind: 2,
  };
}
