import type { RecordingSpan } from '../tracer/span.ts';

const KINDS = ['internal', 'server', 'client', 'producer', 'consumer'] as const;
const STATUSES = ['unset', 'ok', 'error'] as const;

/** An ended span in plain values, for assertions. */
export interface RecordedSpan {
  readonly name: string;
  readonly kind: (typeof KINDS)[number];
  readonly traceId: string;
  readonly spanId: string;
  /** Null for a root. */
  readonly parentSpanId: string | null;
  readonly status: { readonly code: (typeof STATUSES)[number]; readonly message: string };
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly {
    readonly name: string;
    readonly attributes: Readonly<Record<string, unknown>>;
  }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly durationMs: number;
  /** False for a span that a sampler only records. */
  readonly sampled: boolean;
  /** Name of the tracer that made it. */
  readonly scope: string;
}

export function recordedSpan(span: RecordingSpan): RecordedSpan {
  return {
    name: span.name,
    kind: KINDS[span.kind] ?? 'internal',
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    status: { code: STATUSES[span.statusCode] ?? 'unset', message: span.statusMessage },
    attributes: recordOf(span.readPairs()),
    events: (span.more?.events ?? []).map(({ name, pairs }) => ({ name, attributes: recordOf(pairs) })),
    links: (span.more?.links ?? []).map(({ context }) => ({
      traceId: context.traceId,
      spanId: context.spanId,
    })),
    durationMs: span.durationMs(),
    sampled: (span.traceFlags & 1) === 1,
    scope: span.pipeline.scope.name,
  };
}

function recordOf(pairs: readonly unknown[]): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (let i = 0; i < pairs.length; i += 2) record[String(pairs[i])] = pairs[i + 1];
  return record;
}
