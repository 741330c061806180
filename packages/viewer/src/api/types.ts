/** The JSON of `/api/v1` as the viewer reads it. Times are RFC 3339, `_ms` are fractional milliseconds. */
export interface SessionInfo {
  readonly subject: string;
  readonly roles: readonly string[];
  readonly projects: readonly string[] | 'all';
  readonly csrf_token: string | null;
  readonly available_projects: readonly string[];
}

export interface SessionConfig {
  readonly oidc: { readonly issuer: string; readonly sign_in_url: string } | null;
}

export interface TraceItem {
  readonly trace_id: string;
  readonly project_id: string;
  readonly span_count: number;
  readonly error_count: number;
  readonly start_time: string;
  readonly end_time: string;
  readonly duration_ms: number;
  readonly root: {
    readonly span_id: string;
    readonly name: string;
    readonly service: string;
    readonly duration_ms: number;
  } | null;
  readonly services: readonly { readonly name: string; readonly span_count: number }[];
}

export interface SpanItem {
  readonly project_id: string;
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id: string | null;
  readonly name: string;
  readonly service: string;
  readonly kind: string;
  readonly status_code: number;
  readonly start_time: string;
  readonly end_time: string;
  readonly duration_ms: number;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
  readonly partial: string | null;
}

export interface RedPoint {
  readonly start_time: string;
  readonly count: number;
  readonly errors: number;
  readonly p50_ms: number;
  readonly p95_ms: number;
  readonly p99_ms: number;
}
export interface Timeseries {
  readonly bucket_ms: number;
  readonly series: readonly { readonly key: string; readonly points: readonly RedPoint[] }[];
}
export interface Heatmap {
  readonly start_time: string;
  readonly bucket_ms: number;
  readonly duration_edges_ms: readonly number[];
  readonly cells: readonly {
    readonly x: number;
    readonly y: number;
    readonly count: number;
    readonly errors: number;
  }[];
}

export interface Facet {
  readonly key: string;
  readonly values: readonly { readonly value: string; readonly count: number }[];
}

export interface AttributeKey {
  readonly key: string;
  readonly on: string;
  readonly type: string;
  readonly count: number;
}

export interface Red {
  readonly count: number;
  readonly errors: number;
  readonly p50_ms: number;
  readonly p95_ms: number;
  readonly p99_ms: number;
}
export interface ServiceItem extends Red {
  readonly service: string;
}
export interface OperationItem extends Red {
  readonly service: string;
  readonly operation: string;
  readonly kind: string;
}
export interface DependencyItem extends Red {
  readonly parent: string;
  readonly child: string;
}

export interface Comparison {
  readonly selected_count: number;
  readonly baseline_count: number;
  readonly differences: readonly {
    readonly key: string;
    readonly value: string;
    readonly selected_share: number;
    readonly baseline_share: number;
    readonly score: number;
  }[];
}

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };
export type JsonAttributes = { readonly [key: string]: JsonValue };

/** A span whole, as the API gives it. */
export interface SpanDetail {
  readonly span_id: string;
  readonly name: string;
  readonly start_time: string;
  readonly end_time: string;
  readonly parent_span_id: string | null;
  readonly attributes: JsonAttributes;
  readonly status: { readonly code: number; readonly message: string };
  readonly kind?: string;
  readonly events?: readonly {
    readonly time?: string;
    readonly name: string;
    readonly attributes: JsonAttributes;
  }[];
  readonly links?: readonly {
    readonly trace_id: string;
    readonly span_id: string;
    readonly attributes?: JsonAttributes;
  }[];
  readonly resource?: { readonly attributes: JsonAttributes };
  readonly scope?: { readonly name: string; readonly version: string };
}
