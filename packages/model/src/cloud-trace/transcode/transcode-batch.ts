import type { CloudTraceLimits } from '../limits.ts';
import { OtlpOutput, varintSize } from './otlp-output.ts';
import { isAt, RESOURCE_SLOTS, resourceKey, resourceSlots } from './resource-slots.ts';
import { SpanTranscoder } from './span-transcoder.ts';

export interface TranscodedBatch {
  /** An `ExportTraceServiceRequest`; empty if no span is in it. */
  readonly otlp: Uint8Array;
  /** Which spans are not: they have to be decoded, checked, cut and mapped. */
  readonly others: readonly number[];
}

export interface TranscodeOptions {
  readonly projectId: string;
  readonly limits: CloudTraceLimits;
}

/**
 * The spans of a BatchWriteSpansRequest as OTLP, those that need no thought. Consecutive spans of one service share
 * a `ResourceSpans`.
 */
export function transcodeBatch(
  spans: readonly Uint8Array[],
  { projectId, limits }: TranscodeOptions,
): TranscodedBatch {
  // Limits on how old a span may be are of the profile that is made to be strict, not fast.
  if (limits.pastDays !== null || limits.futureDays !== null) {
    return { otlp: new Uint8Array(0), others: [...spans.keys()] };
  }
  const out = new OtlpOutput(spans.reduce((sum, { length }) => sum + length, 1024));
  const groups = new ServiceGroups(out);
  const transcoder = new SpanTranscoder(out, projectId, limits);
  const others: number[] = [];
  for (const [index, bytes] of spans.entries()) {
    const start = out.at;
    if (transcoder.write(bytes)) groups.added(bytes, transcoder.resourceAt, start);
    else others.push(index);
  }
  groups.close();
  return { otlp: out.finish(), others };
}

const LENGTH_BYTES = 3;

/** Puts `ResourceSpans` and `ScopeSpans` around the spans that are written. */
class ServiceGroups {
  readonly #out: OtlpOutput;
  #resourceSpansAt = -1;
  #scopeSpansAt = -1;
  /** The resource of the group that is open: keys and values in turn. */
  #resource: readonly Uint8Array[] = [];
  /** The span before, to be compared without making anything. */
  #last: Uint8Array = new Uint8Array(0);
  readonly #lastAt = new Int32Array(RESOURCE_SLOTS * 2).fill(-1);

  constructor(out: OtlpOutput) {
    this.#out = out;
  }

  /** A span was written from `start` on: it stays there if it is of the same service as the one before. */
  added(bytes: Uint8Array, resourceAt: Int32Array, start: number): void {
    if (this.#resourceSpansAt >= 0 && this.#hasSameValues(bytes, resourceAt)) return;
    this.#last = bytes;
    this.#lastAt.set(resourceAt);
    const resource = resourceSlots(resourceAt).flatMap((slot) => [
      resourceKey(slot),
      bytes.subarray(resourceAt[slot * 2], resourceAt[slot * 2 + 1]),
    ]);
    if (this.#resourceSpansAt >= 0 && isSame(resource, this.#resource)) return;
    const out = this.#out;
    const span = out.bytes.slice(start, out.at);
    out.at = start;
    this.close();
    this.#open(resource);
    out.reserve(span.length + 64);
    out.copy(span, 0, span.length);
  }

  #hasSameValues(bytes: Uint8Array, resourceAt: Int32Array): boolean {
    const [last, lastAt] = [this.#last, this.#lastAt];
    for (let index = 0; index < resourceAt.length; index += 2) {
      const at = resourceAt[index] as number;
      const before = lastAt[index] as number;
      if (at === -1 || before === -1) {
        if (at !== before) return false;
        continue;
      }
      const length = (resourceAt[index + 1] as number) - at;
      if (length !== (lastAt[index + 1] as number) - before) return false;
      for (let byte = 0; byte < length; byte++) {
        if (bytes[at + byte] !== last[before + byte]) return false;
      }
    }
    return true;
  }

  close(): void {
    if (this.#resourceSpansAt < 0) return;
    this.#out.close(this.#scopeSpansAt, LENGTH_BYTES);
    this.#out.close(this.#resourceSpansAt, LENGTH_BYTES);
    this.#resourceSpansAt = -1;
  }

  #open(resource: readonly Uint8Array[]): void {
    const out = this.#out;
    out.reserve(resource.reduce((sum, { length }) => sum + length + 32, 64));
    this.#resource = resource;
    this.#resourceSpansAt = out.open(0x0a, LENGTH_BYTES);
    const resourceAt = out.open(0x0a, 1);
    for (let index = 0; index < resource.length; index += 2) {
      this.#attribute(resource[index] as Uint8Array, resource[index + 1] as Uint8Array);
    }
    out.close(resourceAt, 1);
    this.#scopeSpansAt = out.open(0x12, LENGTH_BYTES);
    out.byte(0x0a); // a scope without a name
    out.byte(0);
  }

  #attribute(key: Uint8Array, text: Uint8Array): void {
    const out = this.#out;
    const valueSize = 1 + varintSize(text.length) + text.length;
    out.byte(0x0a);
    out.varint(3 + key.length + varintSize(valueSize) + valueSize);
    out.byte(0x0a);
    out.varint(key.length);
    out.copy(key, 0, key.length);
    out.byte(0x12);
    out.varint(valueSize);
    out.byte(0x0a);
    out.varint(text.length);
    out.copy(text, 0, text.length);
  }
}

const isSame = (a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean =>
  a.length === b.length &&
  a.every((bytes, index) => {
    const other = b[index] as Uint8Array;
    return bytes.length === other.length && isAt(bytes, 0, other);
  });
