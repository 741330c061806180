import type { Filter } from '@utxoiq/model';
import type { PartialReason, TimeRangeQuery, TraceStore } from '@utxoiq/store';
import { ApiError } from '../errors/api-error.ts';

/** The filter as it was typed, beside its tree: a source that has its own backend passes the text on. */
export interface FilterText {
  readonly text: string;
  readonly language: 'cloud-trace' | 'query';
}

type ListTraces = TraceStore['listTraces'];
type ListTracesQuery = Parameters<ListTraces>[0] & { readonly filterText?: FilterText };

/**
 * Where the monitoring API reads from: the store, or Google's API (`TRACE_SOURCE`). Questions and answers are the
 * store's. A source leaves out what its backend cannot answer; those routes then say so (501) instead of inventing
 * an answer.
 */
export interface TraceSource extends Pick<TraceStore, 'getTrace' | 'projects' | 'ping'> {
  listTraces(query: ListTracesQuery): ReturnType<ListTraces>;
  /** A trace's skeleton and single spans, where the backend can give them without the whole trace. */
  readonly outline?: TraceStore['outline'];
  readonly spans?: TraceStore['spans'];
  readonly analysis?: TraceAnalysis;
}

type StoreAnalysis = Pick<
  TraceStore,
  | 'listSpans'
  | 'attributeKeys'
  | 'attributeValues'
  | 'services'
  | 'operations'
  | 'timeseries'
  | 'heatmap'
  | 'facets'
  | 'dependencies'
  | 'compare'
  | 'deleteTrace'
>;

/** What only a source with all spans at hand can answer. */
export interface TraceAnalysis extends StoreAnalysis {
  /** Where answers rest on a sample: whether there was more than it. */
  partialOf?(query: TimeRangeQuery & { readonly filter?: Filter | null }): Promise<PartialReason>;
}

/** The source's analysis, or 501 where its backend has none. */
export function analysisOf(source: TraceSource): TraceAnalysis {
  if (source.analysis !== undefined) return source.analysis;
  throw new ApiError('NOT_SUPPORTED', 'Google Cloud Trace cannot answer this', {
    next_step: 'Unset TRACE_SOURCE to read from the store.',
  });
}
