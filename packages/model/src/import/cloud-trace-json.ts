import { type V1Trace, type V1TraceSpan, V1TraceType } from '../cloud-trace/messages-v1.ts';
import { messageFromJson } from '../cloud-trace/proto/json-decode.ts';
import { spansFromV1 } from '../cloud-trace/v1-to-span.ts';
import { parseTraceId } from '../ids.ts';
import type { OtlpDecodeOptions, OtlpDecodeResult, RejectedSpan } from '../otlp/decode-json.ts';
import { isJsonObject } from '../otlp/json-reader.ts';
import type { Span } from '../span.ts';

/**
 * Cloud Trace v1's JSON: one trace (`GetTrace`), `{ "traces": [...] }` (`ListTraces` with the COMPLETE view)
 * or a list. What v1's labels flattened is put back where it came from.
 */
export function decodeCloudTraceJson(json: unknown, options: OtlpDecodeOptions = {}): OtlpDecodeResult {
  const spans: Span[] = [];
  const rejected: RejectedSpan[] = [];
  for (const [path, item] of tracesOf(json)) {
    const read = messageFromJson(V1TraceType, item, path);
    if (!read.ok) {
      const [first] = read.violations;
      return { ok: false, error: { path: first?.field ?? path, message: first?.description ?? 'no trace' } };
    }
    const trace = withoutBadIds(read.value, path, rejected);
    const projectId = trace.projectId === '' ? (options.defaultProjectId ?? '') : trace.projectId;
    for (const span of spansFromV1(trace, projectId, { limits: null, unflatten: true })) spans.push(span);
  }
  return { ok: true, spans, rejected };
}

function tracesOf(json: unknown): [path: string, trace: unknown][] {
  const isList = isJsonObject(json) && Array.isArray(json.traces);
  const list = isList ? json.traces : json;
  if (!Array.isArray(list)) return [['trace', json]];
  return list.map((trace, index) => [`traces[${index}]`, trace]);
}

function withoutBadIds(trace: V1Trace, path: string, rejected: RejectedSpan[]): V1Trace {
  const badTrace = parseTraceId(trace.traceId) === null;
  const spans = trace.spans.filter((span, index) => {
    const reason = badTrace ? 'the trace id is not 32 hex digits' : idProblem(span);
    if (reason !== null) rejected.push({ path: `${path}.spans[${index}]`, reason });
    return reason === null;
  });
  return { ...trace, spans };
}

function idProblem(span: V1TraceSpan): string | null {
  return span.spanId === 0n ? 'spanId: expected a number other than 0' : null;
}
