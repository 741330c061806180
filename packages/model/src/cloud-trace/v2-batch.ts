import { type V2Span, V2SpanType } from './messages-v2.ts';
import { decodeMessage } from './proto/decode.ts';
import { WireReader } from './proto/wire.ts';

/** A `BatchWriteSpansRequest` whose spans are decoded when they are asked for, one after the other. */
export interface V2SpanBatch {
  readonly name: string;
  readonly spans: Iterable<V2Span>;
}

/**
 * Reads the request's outer layer only: whoever maps a span and drops it leaves the collector of garbage half the
 * work of a batch that is decoded whole.
 * @throws WireError here, or while the spans are read
 */
export function decodeSpanBatch(bytes: Uint8Array): V2SpanBatch {
  const reader = new WireReader(bytes);
  const slices: Uint8Array[] = [];
  let name = '';
  while (reader.at < reader.end) {
    const tag = reader.varint32();
    if (tag === NAME_TAG) name = reader.string();
    else if (tag === SPAN_TAG) {
      const end = reader.delimited();
      slices.push(bytes.subarray(reader.at, end));
      reader.at = end;
    } else reader.skip(tag & 7);
  }
  return { name, spans: decodeEach(slices) };
}

const NAME_TAG = (1 << 3) | 2;
const SPAN_TAG = (2 << 3) | 2;

function* decodeEach(slices: readonly Uint8Array[]): Generator<V2Span> {
  for (const slice of slices) yield decodeMessage(V2SpanType, slice);
}
