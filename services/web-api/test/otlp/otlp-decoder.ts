import protobuf from 'protobufjs';

// opentelemetry-proto 1.7 trace.proto, common.proto, resource.proto: what a trace request is made of.
const source = `
syntax = "proto3";
message Request { repeated ResourceSpans resourceSpans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scopeSpans = 2; string schemaUrl = 3; }
message Resource { repeated KeyValue attributes = 1; uint32 droppedAttributesCount = 2; }
message ScopeSpans { Scope scope = 1; repeated Span spans = 2; string schemaUrl = 3; }
message Scope { string name = 1; string version = 2; repeated KeyValue attributes = 3; uint32 droppedAttributesCount = 4; }
message Span {
  bytes traceId = 1; bytes spanId = 2; string traceState = 3; bytes parentSpanId = 4; fixed32 flags = 16;
  string name = 5; int32 kind = 6; fixed64 start = 7; fixed64 end = 8;
  repeated KeyValue attributes = 9; uint32 droppedAttributesCount = 10;
  repeated Event events = 11; uint32 droppedEventsCount = 12;
  repeated Link links = 13; uint32 droppedLinksCount = 14; Status status = 15;
}
message Event { fixed64 time = 1; string name = 2; repeated KeyValue attributes = 3; uint32 droppedAttributesCount = 4; }
message Link {
  bytes traceId = 1; bytes spanId = 2; string traceState = 3; repeated KeyValue attributes = 4;
  uint32 droppedAttributesCount = 5; fixed32 flags = 6;
}
message Status { string message = 2; int32 code = 3; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue { oneof value {
  string string = 1; bool bool = 2; int64 int = 3; double double = 4; ArrayValue array = 5; KeyValueList kvlist = 6; bytes bytes = 7;
} }
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }
`;
const Request = protobuf.parse(source, { keepCase: true }).root.lookupType('Request');

export interface AnyValue {
  readonly string?: string;
  readonly bool?: boolean;
  /** Decimal. */
  readonly int?: string;
  readonly double?: number | 'NaN' | 'Infinity' | '-Infinity';
  readonly array?: { readonly values: readonly AnyValue[] };
  readonly kvlist?: { readonly values: readonly KeyValue[] };
  /** Base64. */
  readonly bytes?: string;
}
export interface KeyValue {
  readonly key: string;
  readonly value?: AnyValue;
}
interface Attributed {
  readonly attributes: readonly KeyValue[];
  readonly droppedAttributesCount: number;
}
export interface OtlpSpan extends Attributed {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly flags: number;
  readonly name: string;
  readonly kind: number;
  readonly start: string;
  readonly end: string;
  readonly events: readonly (Attributed & { readonly time: string; readonly name: string })[];
  readonly links: readonly (Attributed & {
    readonly traceId: string;
    readonly spanId: string;
    readonly traceState: string;
    readonly flags: number;
  })[];
  readonly droppedEventsCount: number;
  readonly droppedLinksCount: number;
  readonly status: { readonly code: number; readonly message: string } | null;
}
export interface OtlpResource extends Attributed {}
export interface OtlpScope extends Attributed {
  readonly name: string;
  readonly version: string;
}
interface OtlpRequest {
  readonly resourceSpans: readonly {
    readonly resource: OtlpResource | null;
    readonly schemaUrl: string;
    readonly scopeSpans: readonly {
      readonly scope: OtlpScope | null;
      readonly schemaUrl: string;
      readonly spans: readonly OtlpSpan[];
    }[];
  }[];
}

/** A span as an independent decoder reads it, with what it came under. */
export interface DecodedSpan {
  readonly span: OtlpSpan;
  readonly resource: OtlpResource | null;
  readonly resourceSchemaUrl: string;
  readonly scope: OtlpScope | null;
  readonly scopeSchemaUrl: string;
}

export function decodeSpans(body: Uint8Array): DecodedSpan[] {
  const options = { longs: String, bytes: String, defaults: true, arrays: true, oneofs: false, json: true };
  const request = Request.toObject(Request.decode(body), options) as OtlpRequest;
  return request.resourceSpans.flatMap(({ resource, schemaUrl, scopeSpans }) =>
    scopeSpans.flatMap((inScope) =>
      inScope.spans.map((span) => ({
        span,
        resource,
        resourceSchemaUrl: schemaUrl,
        scope: inScope.scope,
        scopeSchemaUrl: inScope.schemaUrl,
      })),
    ),
  );
}

export const hexOf = (base64: string): string => Buffer.from(base64, 'base64').toString('hex');
