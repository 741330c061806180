import type { AttributeValue, Resource, Scope, SpanEvent, SpanLink } from '@utxoiq/model';

/**
 * One span on its way from a decoder into a block: flat, and reused for every span, so nothing in it may be
 * kept after `SpanBlock.add` returns. Ids and times stay bytes and 32-bit halves, because a BigInt or a hex
 * string per field costs as much as the rest of the span.
 */
export interface SpanRow {
  /** The buffer the ids point into. */
  bytes: Uint8Array;
  traceIdAt: number;
  spanIdAt: number;
  /** -1 for a span without parent. */
  parentSpanIdAt: number;
  startLow: number;
  startHigh: number;
  endLow: number;
  endHigh: number;
  name: string;
  kind: number;
  statusCode: number;
  statusMessage: string;
  traceState: string;
  flags: number;
  /** Interned by the decoder: the same object for spans of the same resource, so a block can index by identity. */
  resource: Resource;
  scope: Scope;
  projectId: string;
  droppedAttributesCount: number;
  droppedEventsCount: number;
  droppedLinksCount: number;
  /** How many of the entries below are this span's. */
  attributeCount: number;
  /** Interned: equal keys are the same string. */
  attributeKeys: string[];
  attributeTypes: AttributeType[];
  /** By type: the text, the number, the int64 as bigint, the boolean; for arrays, lists, bytes: the value itself. */
  attributeValues: AttributeValue[];
  /**
   * Where in `bytes` a text value lies, or -1 for one in `attributeValues`: from the request to the column without a
   * string in between. Its UTF-8 need not be valid. Without it all values are in `attributeValues`.
   */
  attributeTextAt?: number[];
  attributeTextLength?: number[];
  events: readonly SpanEvent[];
  links: readonly SpanLink[];
}

/** Types of attribute values: field numbers of `AnyValue` (opentelemetry-proto common.proto); 0 where none is set. */
export const AttributeType = {
  string: 1,
  bool: 2,
  int: 3,
  double: 4,
  array: 5,
  kvlist: 6,
  bytes: 7,
  empty: 0,
} as const;
export type AttributeType = (typeof AttributeType)[keyof typeof AttributeType];
