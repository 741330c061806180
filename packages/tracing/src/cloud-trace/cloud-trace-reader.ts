import { attributesToJson, formatUnixNano, parseTimestamp, type Span, type TraceOrder } from '@utxoiq/model';
import type { ListTracesOptions, TraceData, TraceList, TraceReader } from '../read/monitoring-api.ts';
import { TracingError } from '../tracing-error.ts';
import type { CloudTraceClient } from './cloud-trace-client.ts';

/** `getTrace` and `listTraces` of the SDK, from Google, in the names of the monitoring API. */
export class CloudTraceReader implements TraceReader {
  readonly #client: CloudTraceClient;

  constructor(client: CloudTraceClient) {
    this.#client = client;
  }

  async getTrace(traceId: string, signal?: AbortSignal): Promise<TraceData> {
    const spans = await this.#client.getTrace(traceId, signal === undefined ? {} : { signal });
    if (spans === null)
      throw new TracingError('TRACE_NOT_FOUND', `Google Cloud Trace has no trace ${traceId}`);
    return {
      trace_id: traceId.toLowerCase(),
      project_id: await this.#client.projectId(),
      spans: spans.map(spanData),
      span_count: spans.length,
    };
  }

  async listTraces(options: ListTracesOptions, signal?: AbortSignal): Promise<TraceList> {
    const page = await this.#client.listTraces({
      startUnixNano: timeOf('startTime', options.startTime),
      endUnixNano: timeOf('endTime', options.endTime),
      ...(options.filter === undefined ? {} : { filter: options.filter }),
      ...(options.pageSize === undefined ? {} : { pageSize: options.pageSize }),
      ...(options.pageToken === undefined ? {} : { pageToken: options.pageToken }),
      ...(options.orderBy === undefined ? {} : { orderBy: options.orderBy as TraceOrder }),
      ...(signal === undefined ? {} : { signal }),
    });
    const projectId = await this.#client.projectId();
    const items = page.traces.map(({ traceId, spans }) => ({
      trace_id: traceId,
      project_id: projectId,
      span_count: spans.length,
    }));
    const { nextPageToken } = page;
    return Object.assign(items, nextPageToken === null ? {} : { nextPageToken });
  }
}

function spanData(span: Span): TraceData['spans'][number] {
  return {
    span_id: span.spanId,
    name: span.name,
    start_time: formatUnixNano(span.startUnixNano),
    end_time: formatUnixNano(span.endUnixNano),
    parent_span_id: span.parentSpanId,
    ...attributesToJson(span.attributes),
    status: span.status,
    resource: attributesToJson(span.resource.attributes),
  };
}

function timeOf(name: string, value: Date | number | string): bigint {
  const nanos =
    typeof value === 'string' ? parseTimestamp(value) : BigInt(new Date(value).getTime()) * 1_000_000n;
  if (nanos !== null) return nanos;
  throw new TracingError('BAD_OPTION', `${name} must be a time, got ${String(value)}`);
}
