import { WireReader } from './proto/wire.ts';

/** A `BatchWriteSpansRequest` whose spans are still bytes. */
export interface V2SpanBatch {
  readonly name: string;
  readonly spans: readonly Uint8Array[];
}

/**
 * Reads the request's outer layer only: most spans need no decoding (`transcodeBatch`), and the others are decoded one
 * after the other, which leaves the collector of garbage half the work.
 * @throws WireError
 */
export function splitSpanBatch(bytes: Uint8Array): V2SpanBatch {
  const reader = new WireReader(bytes);
  const spans: Uint8Array[] = [];
  let name = '';
  while (reader.at < reader.end) {
    const tag = reader.varint32();
    if (tag === NAME_TAG) name = reader.string();
    else if (tag === SPAN_TAG) {
      const end = reader.delimited();
      spans.push(bytes.subarray(reader.at, end));
      reader.at = end;
    } else reader.skip(tag & 7);
  }
  return { name, spans };
}

const NAME_TAG = (1 << 3) | 2;
const SPAN_TAG = (2 << 3) | 2;
