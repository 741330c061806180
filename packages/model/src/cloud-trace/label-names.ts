/** Names that Cloud Trace gives a meaning to, beside the HTTP ones of `HTTP_NAME_ALIASES`. */
export const LabelName = {
  /** `google.rpc.Code` as a decimal number; 0 is ok. */
  statusCode: 'g.co/status/code',
  statusMessage: 'g.co/status/description',
  /** JSON of `google.rpc.Status.details`. */
  statusDetails: 'g.co/status/details',
  /** INTERNAL, PRODUCER, CONSUMER: what v1's own `kind` cannot say. */
  spanKind: 'g.co/spankind',
  errorName: '/error/name',
  errorMessage: '/error/message',
  stackTrace: '/stacktrace',
  scopeName: 'otel.scope.name',
  scopeVersion: 'otel.scope.version',
  childSpanCount: 'g.co/child_span_count',
  /** Bytes that were cut, by field of the span. */
  truncatedByteCounts: 'g.co/truncated_byte_counts',
  linkType: 'g.co/link_type',
} as const;

/** Attributes of the event that a v2 message event becomes (OpenTelemetry's RPC message events). */
export const MessageEventAttribute = {
  eventName: 'message',
  type: 'rpc.message.type',
  id: 'rpc.message.id',
  compressedSize: 'rpc.message.compressed_size',
  uncompressedSize: 'rpc.message.uncompressed_size',
} as const;
