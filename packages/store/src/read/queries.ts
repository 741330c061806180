import type { Filter, Span, TraceOrder, TraceSummary } from '@utxoiq/model';

/** Whose data a reader may see. */
export type Projects = readonly string[] | 'all';

/** What every query carries. Times are inclusive nanoseconds of the Unix epoch. */
export interface TimeRangeQuery {
  readonly projects: Projects;
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
  readonly signal?: AbortSignal;
}

/**
 * An answer that may be cut short by a limit says so, and why. `sample`: it was made from some traces of the range, by
 * a source that cannot ask for all (Google's); the store never says so.
 */
export type PartialReason = null | { readonly reason: 'time' | 'memory' | 'limit' | 'sample' };

export interface TraceQuery {
  readonly projects: Projects;
  readonly traceId: string;
  /** Default 100,000: past it the answer is partial. */
  readonly maxSpans?: number;
  readonly signal?: AbortSignal;
}
export interface TraceResult {
  readonly summary: TraceSummary;
  /** By start, then span id. Exact copies of a span stand once. */
  readonly spans: readonly Span[];
  readonly partial: PartialReason;
}

/** Spans of many traces at once: a page of a list costs one statement, not one per trace. */
export interface SpansOfTracesQuery extends TimeRangeQuery {
  readonly traceIds: readonly string[];
  /** Only spans without parent. */
  readonly rootsOnly: boolean;
  /** Of each trace, the first ones. */
  readonly maxSpansPerTrace: number;
}

export interface ListTracesQuery extends TimeRangeQuery {
  readonly filter: Filter | null;
  /** Default `start desc`. */
  readonly orderBy?: TraceOrder;
  /** Whose `duration` the order means. Default: the whole trace's. Cloud Trace's API means the root's. */
  readonly orderOf?: 'trace' | 'root';
  readonly pageSize: number;
  readonly pageToken?: string;
}
export interface ListTracesResult {
  readonly traces: readonly TraceSummary[];
  readonly nextPageToken: string | null;
  readonly partial: PartialReason;
}

export type SpanOrder = 'start desc' | 'start' | 'duration desc' | 'duration';
/** A row of a span list: what a table shows; the rest is fetched with the trace. */
export interface SpanSummary {
  readonly projectId: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly serviceName: string;
  readonly kind: number;
  readonly statusCode: number;
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
}
export interface ListSpansQuery extends TimeRangeQuery {
  readonly filter: Filter | null;
  readonly orderBy?: SpanOrder;
  readonly pageSize: number;
  readonly pageToken?: string;
}
export interface ListSpansResult {
  readonly spans: readonly SpanSummary[];
  readonly nextPageToken: string | null;
  readonly partial: PartialReason;
}

export interface AttributeKeysQuery extends TimeRangeQuery {
  readonly prefix?: string;
  readonly limit?: number;
}
export interface AttributeKey {
  readonly key: string;
  readonly on: 'span' | 'resource';
  readonly type: 'string' | 'bool' | 'int' | 'double' | 'other';
  readonly count: number;
}
export interface AttributeValuesQuery extends TimeRangeQuery {
  readonly key: string;
  readonly prefix?: string;
  readonly limit?: number;
}
export interface ValueCount {
  readonly value: string;
  readonly count: number;
}

/** Rate, errors and latency of one service or operation; latencies in nanoseconds. */
export interface RedStats {
  readonly count: number;
  readonly errors: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}
export interface ServiceStats extends RedStats {
  readonly service: string;
}
export interface OperationStats extends RedStats {
  readonly service: string;
  readonly operation: string;
  readonly kind: number;
}

export interface TimeseriesQuery extends TimeRangeQuery {
  readonly filter: Filter | null;
  readonly groupBy?: 'service' | 'operation';
  /** About how many points; the bucket is rounded to a human width. Default 60. */
  readonly buckets?: number;
  /** false: p50 to p99 are 0, and the answer comes five times as fast. Default true. */
  readonly percentiles?: boolean;
}
export interface TimeseriesResult {
  readonly bucketNanos: bigint;
  readonly series: readonly {
    readonly key: string;
    readonly points: readonly ({ readonly startUnixNano: bigint } & RedStats)[];
  }[];
  readonly partial: PartialReason;
}

/** For windows that slide: percentiles of a window cannot be made from those of its minutes. */
export interface MinutesQuery extends TimeRangeQuery {
  readonly filter: Filter | null;
  /** One series per service; else one over all spans. */
  readonly groupBy?: 'service';
  /** Default true; without, the answer comes several times as fast. */
  readonly durations?: boolean;
}
export interface MinutesResult {
  /** Minutes that have spans, ascending. */
  readonly series: readonly {
    /** The service; empty without `groupBy`. */
    readonly key: string;
    readonly minutes: readonly {
      /** Of the Unix epoch. */
      readonly minute: number;
      readonly count: number;
      readonly errors: number;
      /** Nanoseconds, within 4.5 %, to the number of spans that took so long. */
      readonly durations: ReadonlyMap<number, number>;
    }[];
  }[];
  readonly partial: PartialReason;
}

export interface HeatmapQuery extends TimeRangeQuery {
  readonly filter: Filter | null;
  readonly timeBuckets?: number;
  readonly durationBuckets?: number;
}
export interface HeatmapResult {
  readonly startUnixNano: bigint;
  readonly bucketNanos: bigint;
  /** Edges of the duration rows in nanoseconds, on a logarithmic scale; one more than rows. */
  readonly durationEdges: readonly number[];
  /** Cells that are not empty. */
  readonly cells: readonly {
    readonly x: number;
    readonly y: number;
    readonly count: number;
    readonly errors: number;
  }[];
  readonly partial: PartialReason;
}

export interface FacetsQuery extends TimeRangeQuery {
  readonly filter: Filter | null;
  /** `service`, `name`, `status`, `kind` or an attribute's key. */
  readonly keys: readonly string[];
  readonly limit?: number;
}
export interface Facet {
  readonly key: string;
  readonly values: readonly ValueCount[];
  /** Not null: the counts are of the spans that a limit left time or memory for. */
  readonly partial: PartialReason;
}

/** A call from one service to another, from spans whose parent belongs to another service. */
export interface Dependency extends RedStats {
  readonly parent: string;
  readonly child: string;
}

export interface CompareQuery extends TimeRangeQuery {
  /** The population. */
  readonly filter: Filter | null;
  /** The selected part of it; the rest is the baseline. */
  readonly selection: {
    readonly startUnixNano: bigint;
    readonly endUnixNano: bigint;
    readonly minDurationNanos?: bigint;
    readonly maxDurationNanos?: bigint;
    readonly filter?: Filter;
  };
  readonly limit?: number;
}
export interface CompareResult {
  readonly selectedCount: number;
  readonly baselineCount: number;
  /** Strongest difference first. Shares are 0 to 1 of each population. */
  readonly differences: readonly {
    readonly key: string;
    readonly value: string;
    readonly selectedShare: number;
    readonly baselineShare: number;
    readonly score: number;
  }[];
  readonly partial: PartialReason;
}
