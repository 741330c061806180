import type { CloudTraceLimits } from '../limits.ts';
import { PARENT_REMOTE, PARENT_REMOTE_KNOWN } from '../v2-to-span.ts';
import { type OtlpOutput, varintSize } from './otlp-output.ts';
import { isAt, RESOURCE_SLOTS, slotOf } from './resource-slots.ts';
import { SpanFields } from './span-fields.ts';

const encoder = new TextEncoder();

/** The value of a hex digit, 255 for what is none. */
const HEX = new Uint8Array(256).fill(255);
for (const digit of '0123456789abcdefABCDEF') HEX[digit.charCodeAt(0)] = Number.parseInt(digit, 16);

const SPANS = encoder.encode('/spans/');
/** Signed 64-bit nanoseconds end here. */
const MAX_SECONDS = 9_223_372_035;

/**
 * Copies a v2 span out of a BatchWriteSpansRequest as a `Span` of opentelemetry-proto, without any object in
 * between (a sixth of the time that decoding, mapping and encoding take: bench/cloud-trace/map.ts). It writes
 * what `encodeOtlpProtobuf` writes of `spanFromV2`, byte for byte, or nothing: what has to be cut, refused or
 * merged, and what OpenTelemetry has no field for, is left to them.
 */
export class SpanTranscoder {
  readonly #out: OtlpOutput;
  readonly #limits: CloudTraceLimits;
  readonly #prefix: Uint8Array;
  readonly #fields = new SpanFields();
  /** Where the values of `RESOURCE_KEYS` lie in the span's bytes, start and end; -1: not there. */
  readonly resourceAt = new Int32Array(RESOURCE_SLOTS * 2);
  #at = 0;

  constructor(out: OtlpOutput, projectId: string, limits: CloudTraceLimits) {
    this.#out = out;
    this.#limits = limits;
    this.#prefix = encoder.encode(`projects/${projectId}/traces/`);
  }

  /** True: the span is in the output, as field 2 of a `ScopeSpans`. False: the output is as it was. */
  write(bytes: Uint8Array): boolean {
    const out = this.#out;
    const start = out.at;
    // Ids halve and no attribute grows; what times, status and flags grow by is far less.
    out.reserve(bytes.length + 64);
    this.resourceAt.fill(-1);
    if (this.#fields.read(bytes)) {
      const openedAt = out.open(0x12, 2);
      if (this.#span()) {
        out.close(openedAt, 2);
        return true;
      }
    }
    out.at = start;
    return false;
  }

  #span(): boolean {
    const fields = this.#fields;
    return (
      this.#ids() &&
      this.#truncatable(0x2a, fields.displayNameAt, fields.displayNameEnd, this.#limits.nameBytes) &&
      this.#kind() &&
      this.#times() &&
      this.#attributes() &&
      this.#status() &&
      this.#flags()
    );
  }

  #ids(): boolean {
    const { bytes, nameAt, nameEnd, spanIdAt, spanIdEnd, parentAt, parentEnd } = this.#fields;
    const traceIdAt = nameAt + this.#prefix.length;
    const spansAt = traceIdAt + 32;
    const nameSpanIdAt = spansAt + SPANS.length;
    if (nameEnd !== nameSpanIdAt + 16 || spanIdEnd !== spanIdAt + 16) return false;
    if (!isAt(bytes, nameAt, this.#prefix) || !isAt(bytes, spansAt, SPANS)) return false;
    for (let index = 0; index < 16; index++) {
      if (HEX[bytes[nameSpanIdAt + index] as number] !== HEX[bytes[spanIdAt + index] as number]) return false;
    }
    if (!this.#hex(0x0a, traceIdAt, 16) || !this.#hex(0x12, spanIdAt, 8)) return false;
    if (parentAt < 0 || parentAt === parentEnd) return true;
    return parentEnd === parentAt + 16 && this.#hex(0x22, parentAt, 8);
  }

  /** An id as bytes; false for what is no hex, or zero. */
  #hex(tag: number, at: number, length: number): boolean {
    const out = this.#out;
    const { bytes } = this.#fields;
    out.byte(tag);
    out.byte(length);
    let any = 0;
    for (let index = at; index < at + length * 2; index += 2) {
      const high = HEX[bytes[index] as number] as number;
      const low = HEX[bytes[index + 1] as number] as number;
      if ((high | low) > 15) return false;
      const byte = (high << 4) | low;
      any |= byte;
      out.byte(byte);
    }
    return any !== 0;
  }

  /** A `TruncatableString` that was not truncated, is not empty and not too long, as a string field. */
  #truncatable(tag: number, at: number, end: number, maxBytes: number): boolean {
    const { bytes } = this.#fields;
    if (bytes[at] !== 0x0a) return false;
    this.#at = at + 1;
    const length = this.#varint(end);
    if (length <= 0 || length > maxBytes || this.#at + length !== end) return false;
    this.#out.byte(tag);
    this.#out.varint(length);
    return this.#out.text(bytes, this.#at, end);
  }

  #kind(): boolean {
    if (this.#fields.kind === 0) return true;
    this.#out.byte(0x30);
    this.#out.byte(this.#fields.kind);
    return true;
  }

  #times(): boolean {
    const { startAt, startEnd, endAt, endEnd } = this.#fields;
    const out = this.#out;
    if (!this.#timestamp(startAt, startEnd)) return false;
    const seconds = this.#seconds;
    const nanos = this.#nanos;
    out.byte(0x39);
    out.fixed64Nanos(seconds, nanos);
    if (!this.#timestamp(endAt, endEnd)) return false;
    if (this.#seconds < seconds || (this.#seconds === seconds && this.#nanos < nanos)) return false;
    out.byte(0x41);
    out.fixed64Nanos(this.#seconds, this.#nanos);
    return true;
  }

  #seconds = 0;
  #nanos = 0;

  #timestamp(at: number, end: number): boolean {
    const { bytes } = this.#fields;
    this.#at = at;
    this.#seconds = this.#nanos = 0;
    while (this.#at < end) {
      const tag = bytes[this.#at++];
      const value = this.#varint(end);
      if (value < 0) return false;
      if (tag === 0x08) this.#seconds = value;
      else if (tag === 0x10) this.#nanos = value;
      else return false;
    }
    return this.#seconds <= MAX_SECONDS && this.#nanos < 1_000_000_000;
  }

  #attributes(): boolean {
    const { bytes, attributesAt, attributesEnd } = this.#fields;
    if (attributesAt < 0) return true;
    this.#at = attributesAt;
    let count = 0;
    let dropped = 0;
    while (this.#at < attributesEnd) {
      const tag = bytes[this.#at++];
      const value = this.#varint(attributesEnd);
      if (value < 0) return false;
      if (tag === 0x10) dropped = value;
      else if (tag !== 0x0a || ++count > this.#limits.attributes) return false;
      else if (this.#at + value > attributesEnd || !this.#attribute(this.#at + value)) return false;
    }
    if (dropped > 0x7fff_ffff) return false;
    if (dropped > 0) {
      this.#out.byte(0x50);
      this.#out.varint(dropped);
    }
    return true;
  }

  /** A map's entry, key first, as a `KeyValue`. */
  #attribute(end: number): boolean {
    const { bytes } = this.#fields;
    if (bytes[this.#at++] !== 0x0a) return false;
    const keyLength = this.#varint(end);
    const keyAt = this.#at;
    const valueAt = keyAt + keyLength;
    if (keyLength <= 0 || keyLength > this.#limits.keyBytes || bytes[valueAt] !== 0x12) return false;
    this.#at = valueAt + 1;
    const valueLength = this.#varint(end);
    if (valueLength <= 0 || this.#at + valueLength !== end) return false;
    const slot = slotOf(bytes, keyAt, keyLength);
    const kind = bytes[this.#at++];
    if (kind === 0x0a) return this.#textAttribute(keyAt, keyLength, end, slot);
    if (slot >= 0) return false;
    return kind === 0x10
      ? this.#intAttribute(keyAt, keyLength, end)
      : kind === 0x18 && this.#boolAttribute(keyAt, keyLength, end);
  }

  #textAttribute(keyAt: number, keyLength: number, end: number, slot: number): boolean {
    const { bytes } = this.#fields;
    const size = this.#varint(end);
    if (this.#at + size !== end) return false;
    let length = 0;
    if (size > 0) {
      if (bytes[this.#at++] !== 0x0a) return false;
      length = this.#varint(end);
      // What was cut before it came has a count behind it.
      if (length < 0 || length > this.#limits.valueBytes || this.#at + length !== end) return false;
    }
    if (slot >= 0) {
      this.resourceAt[slot * 2] = this.#at;
      this.resourceAt[slot * 2 + 1] = end;
    }
    const out = this.#out;
    if (!this.#key(keyAt, keyLength, 1 + varintSize(length) + length)) return false;
    out.byte(0x0a);
    out.varint(length);
    return out.text(bytes, this.#at, this.#moved(end));
  }

  #intAttribute(keyAt: number, keyLength: number, end: number): boolean {
    const { bytes } = this.#fields;
    const start = this.#at;
    const length = end - start;
    // One varint up to the end, as long as 64 bits need.
    if (length < 1 || length > 10) return false;
    for (let at = start; at < end - 1; at++) if ((bytes[at] as number) < 128) return false;
    if ((bytes[end - 1] as number) > 127) return false;
    if (!this.#key(keyAt, keyLength, 1 + length)) return false;
    this.#out.byte(0x18);
    this.#out.copy(bytes, start, this.#moved(end));
    return true;
  }

  #boolAttribute(keyAt: number, keyLength: number, end: number): boolean {
    const value = this.#fields.bytes[this.#at] as number;
    if (this.#at + 1 !== end || value > 1 || !this.#key(keyAt, keyLength, 2)) return false;
    this.#moved(end);
    this.#out.byte(0x10);
    this.#out.byte(value);
    return true;
  }

  /** `KeyValue` up to where its value's content starts. */
  #key(at: number, length: number, valueSize: number): boolean {
    const out = this.#out;
    out.byte(0x4a);
    out.varint(2 + varintSize(length) + length + varintSize(valueSize) + valueSize);
    out.byte(0x0a);
    out.varint(length);
    const isText = out.text(this.#fields.bytes, at, at + length);
    out.byte(0x12);
    out.varint(valueSize);
    return isText;
  }

  /** `UNKNOWN` (2) is what Google's exporter sends for an error; other codes are kept as an attribute. */
  #status(): boolean {
    const { bytes, statusAt, statusEnd } = this.#fields;
    if (statusAt < 0) return true;
    let code = 0;
    let messageAt = 0;
    let messageEnd = 0;
    this.#at = statusAt;
    while (this.#at < statusEnd) {
      const tag = bytes[this.#at++];
      const value = this.#varint(statusEnd);
      if (tag === 0x08 && (value === 0 || value === 2)) code = value;
      else if (tag === 0x12 && value >= 0 && this.#at + value <= statusEnd) {
        messageAt = this.#at;
        messageEnd = this.#moved(this.#at + value);
      } else return false;
    }
    const length = messageEnd - messageAt;
    const out = this.#out;
    out.byte(0x7a);
    out.varint(2 + (length === 0 ? 0 : 1 + varintSize(length) + length));
    if (length > 0) {
      out.byte(0x12);
      out.varint(length);
      if (!out.text(bytes, messageAt, messageEnd)) return false;
    }
    out.byte(0x18);
    out.byte(code === 0 ? 1 : 2);
    return true;
  }

  #flags(): boolean {
    const { bytes, sameProcessAt: at, sameProcessEnd: end } = this.#fields;
    if (at < 0) return true;
    let same = 0;
    if (end !== at) {
      if (end !== at + 2 || bytes[at] !== 0x08) return false;
      same = bytes[at + 1] as number;
      if (same > 1) return false;
    }
    const flags = same === 1 ? PARENT_REMOTE_KNOWN : PARENT_REMOTE_KNOWN | PARENT_REMOTE;
    for (const byte of [0x85, 0x01, flags & 255, flags >>> 8, 0, 0]) this.#out.byte(byte);
    return true;
  }

  /** A varint up to 2^35, for more than which there is no use here; -1 for what is none. */
  #varint(end: number): number {
    const { bytes } = this.#fields;
    const first = bytes[this.#at++] as number;
    if (first < 128) return this.#at <= end ? first : -1;
    let value = first & 127;
    let scale = 128;
    for (let count = 1; count < 5; count++) {
      const byte = bytes[this.#at++] as number;
      value += (byte & 127) * scale;
      if (byte < 128) return this.#at <= end ? value : -1;
      scale *= 128;
    }
    return -1;
  }

  #moved(at: number): number {
    this.#at = at;
    return at;
  }
}
