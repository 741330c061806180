import type { Filter, Span, TraceOutline } from '@utxoiq/model';
import type {
  AttributeKey,
  AttributeKeysQuery,
  AttributeValuesQuery,
  CompareQuery,
  CompareResult,
  Dependency,
  Facet,
  FacetsQuery,
  HeatmapQuery,
  HeatmapResult,
  ListSpansQuery,
  ListSpansResult,
  ListTracesQuery,
  ListTracesResult,
  OperationStats,
  PartialReason,
  Projects,
  ServiceStats,
  TimeRangeQuery,
  TimeseriesQuery,
  TimeseriesResult,
  TraceQuery,
  TraceResult,
  ValueCount,
} from '@utxoiq/store';

/** The filter as it was typed, beside its tree: a source that has its own backend passes the text on. */
export interface FilterText {
  readonly text: string;
  readonly language: 'cloud-trace' | 'query';
}

/**
 * Where the monitoring API reads from: the store, or Google's API (`TRACE_SOURCE`). A source leaves out what
 * its backend cannot answer; those routes then say so (501) instead of inventing an answer.
 */
export interface TraceSource {
  getTrace(query: TraceQuery): Promise<TraceResult | null>;
  listTraces(query: ListTracesQuery & { readonly filterText?: FilterText }): Promise<ListTracesResult>;
  /** A trace's skeleton and single spans, where the backend can give them without the whole trace. */
  outline?(query: TraceQuery): Promise<TraceOutline | null>;
  spans?(query: {
    readonly projects: Projects;
    readonly traceId: string;
    readonly spanIds: readonly string[];
    readonly signal?: AbortSignal;
  }): Promise<readonly Span[]>;
  /** Projects that have data, for the project switcher. */
  projects(): Promise<readonly string[]>;
  /** Rejects when the backend does not answer. */
  ping(): Promise<void>;
  readonly analysis?: TraceAnalysis;
}

/** What only a source with all spans at hand can answer. */
export interface TraceAnalysis {
  /** Where answers rest on a sample: whether there was more than it. */
  partialOf?(query: TimeRangeQuery & { readonly filter?: Filter | null }): Promise<PartialReason>;
  listSpans(query: ListSpansQuery): Promise<ListSpansResult>;
  attributeKeys(query: AttributeKeysQuery): Promise<readonly AttributeKey[]>;
  attributeValues(query: AttributeValuesQuery): Promise<readonly ValueCount[]>;
  services(query: TimeRangeQuery): Promise<readonly ServiceStats[]>;
  operations(query: TimeRangeQuery & { readonly service?: string }): Promise<readonly OperationStats[]>;
  timeseries(query: TimeseriesQuery): Promise<TimeseriesResult>;
  heatmap(query: HeatmapQuery): Promise<HeatmapResult>;
  facets(query: FacetsQuery): Promise<readonly Facet[]>;
  dependencies(query: TimeRangeQuery): Promise<readonly Dependency[]>;
  compare(query: CompareQuery): Promise<CompareResult>;
  deleteTrace(query: { readonly projects: Projects; readonly traceId: string }): Promise<void>;
}
