/** Spans in each trace. */
export const TRACE_SPANS = 5;

const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0');

/** Spread over the shards: ids that differ in their last digits only would do, but are unlike real ones. */
export const traceIdOf = (trace: number): string =>
  hex(Math.imul(trace, 0x9e3779b1) >>> 0, 8) + hex(trace, 24);

/** An OTLP/JSON request of so many traces of `TRACE_SPANS` spans each, numbered from `first`. */
export function numberedTraces(first: number, count: number): string {
  const start = BigInt(Date.now()) * 1_000_000n;
  const spans = Array.from({ length: count * TRACE_SPANS }, (_, index) => {
    const trace = first + Math.floor(index / TRACE_SPANS);
    return {
      traceId: traceIdOf(trace),
      spanId: hex(trace * TRACE_SPANS + (index % TRACE_SPANS) + 1, 16),
      name: `operation ${trace % 20}`,
      kind: 2,
      startTimeUnixNano: String(start + BigInt(index)),
      endTimeUnixNano: String(start + BigInt(index) + 1_000_000n),
      attributes: [{ key: 'trace.number', value: { intValue: String(trace) } }],
    };
  });
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: `service ${first % 7}` } }] };
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] });
}
