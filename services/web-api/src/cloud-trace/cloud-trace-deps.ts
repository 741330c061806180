import type { Span } from '@utxoiq/model';
import type { LimitProfile } from '@utxoiq/model/cloud-trace';
import type {
  ListTracesQuery,
  ListTracesResult,
  SpansOfTracesQuery,
  TraceQuery,
  TraceResult,
} from '@utxoiq/store';
import type { CloudTraceAccess } from './access.ts';
import type { QuotaMeter } from './quota-meter.ts';

/** The store, as far as Cloud Trace's reading needs it. */
export interface CloudTraceReader {
  getTrace(query: TraceQuery): Promise<TraceResult | null>;
  listTraces(query: ListTracesQuery): Promise<ListTracesResult>;
  /** Spans of many traces at once: a page of a list costs one query, not a hundred. */
  spansOfTraces(query: SpansOfTracesQuery): Promise<readonly Span[]>;
}

export type IngestAnswer =
  | { readonly status: 'accepted' }
  | { readonly status: 'rejected'; readonly reason: string }
  | { readonly status: 'busy'; readonly retryAfterMs: number };

export interface CloudTraceDeps {
  readonly reader: CloudTraceReader;
  /** Resolves when the spans are durable. */
  readonly ingest: (spans: readonly Span[], projectId: string) => Promise<IngestAnswer>;
  /** The same for an `ExportTraceServiceRequest` with so many spans of the project; absent: spans only. */
  readonly ingestOtlp?: (otlp: Uint8Array, spanCount: number, projectId: string) => Promise<IngestAnswer>;
  readonly access: CloudTraceAccess;
  /** What is cut and refused. */
  readonly profile: LimitProfile;
  /** `method:` and `url:` mean `/http/method` and `/http/url` only, as with Google. */
  readonly strictHttpNames: boolean;
  /** Null: nobody counts. */
  readonly quota: QuotaMeter | null;
  readonly now?: () => number;
}
