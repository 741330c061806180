import type { AttributeMap, AttributeValue, SpanEvent, SpanLink } from '@utxoiq/model';
import type { SpanRow } from '@utxoiq/store';
import { ValueDecoder } from './value-decoder.ts';
import type { WireReader } from './wire-reader.ts';

const NOTHING: readonly never[] = [];
const NO_ATTRIBUTES: AttributeMap = new Map();
/** Kinds of trace.proto run from 0 to 5 and status codes from 0 to 2; what comes later is unspecified here. */
const MAX_KIND = 5;
const MAX_STATUS_CODE = 2;

/** A row whose text values stay bytes of the request. */
export type TextsInPlace = SpanRow & Required<Pick<SpanRow, 'attributeTextAt' | 'attributeTextLength'>>;

/** Reads one `Span` of trace.proto after the other into the same row. */
export class SpanDecoder {
  readonly values = new ValueDecoder();
  readonly #reader: WireReader = this.values.reader;
  readonly #row: TextsInPlace;
  #serial = 0;
  #events: SpanEvent[] = [];
  #links: SpanLink[] = [];

  constructor(row: TextsInPlace) {
    this.#row = row;
  }

  span(end: number): void {
    this.#reset();
    const reader = this.#reader;
    while (reader.at < end) {
      const tag = reader.uint32();
      if (tag === 0x4a) this.#attribute();
      else this.#field(tag);
    }
    if (this.#isZeroParent()) this.#row.parentSpanIdAt = -1;
  }

  #reset(): void {
    const row = this.#row;
    this.#serial++;
    row.parentSpanIdAt = -1;
    row.startLow = row.startHigh = row.endLow = row.endHigh = 0;
    row.name = row.statusMessage = row.traceState = '';
    row.kind = row.statusCode = row.flags = 0;
    row.droppedAttributesCount = row.droppedEventsCount = row.droppedLinksCount = 0;
    row.attributeCount = 0;
    row.events = NOTHING;
    row.links = NOTHING;
  }

  #attribute(): void {
    const { values } = this;
    const row = this.#row;
    const key = values.keyValue('in-place');
    let index = row.attributeCount;
    if (key.seenBy === this.#serial) index = key.seenAt;
    else {
      key.seenBy = this.#serial;
      key.seenAt = index;
      row.attributeKeys[index] = key.text;
      row.attributeCount = index + 1;
    }
    row.attributeTypes[index] = values.type;
    row.attributeValues[index] = values.value;
    row.attributeTextAt[index] = values.textAt;
    row.attributeTextLength[index] = values.textLength;
  }

  #field(tag: number): void {
    const row = this.#row;
    const reader = this.#reader;
    switch (tag) {
      case 0x0a:
        row.traceIdAt = this.#bytesAt();
        return;
      case 0x12:
        row.spanIdAt = this.#bytesAt();
        return;
      case 0x22: {
        const length = reader.uint32();
        row.parentSpanIdAt = length === 0 ? -1 : reader.at;
        reader.at += length;
        return;
      }
      case 0x2a:
        row.name = this.values.text();
        return;
      case 0x30: {
        const kind = reader.uint32();
        row.kind = kind <= MAX_KIND ? kind : 0;
        return;
      }
      case 0x39:
        row.startLow = reader.view.getUint32(reader.at, true);
        row.startHigh = reader.view.getUint32(reader.at + 4, true);
        reader.at += 8;
        return;
      case 0x41:
        row.endLow = reader.view.getUint32(reader.at, true);
        row.endHigh = reader.view.getUint32(reader.at + 4, true);
        reader.at += 8;
        return;
      case 0x7a:
        this.#status();
        return;
      default:
        this.#rareField(tag);
        return;
    }
  }

  #rareField(tag: number): void {
    const row = this.#row;
    const reader = this.#reader;
    switch (tag) {
      case 0x1a:
        row.traceState = this.values.text();
        return;
      case 0x50:
        row.droppedAttributesCount = reader.uint32();
        return;
      case 0x5a:
        if (row.events === NOTHING) row.events = this.#events = [];
        this.#events.push(this.#event());
        return;
      case 0x60:
        row.droppedEventsCount = reader.uint32();
        return;
      case 0x6a:
        if (row.links === NOTHING) row.links = this.#links = [];
        this.#links.push(this.#link());
        return;
      case 0x70:
        row.droppedLinksCount = reader.uint32();
        return;
      case 0x85:
        row.flags = reader.view.getUint32(reader.at, true);
        reader.at += 4;
        return;
      default:
        reader.skip(tag);
    }
  }

  #bytesAt(): number {
    const reader = this.#reader;
    const length = reader.uint32();
    const { at } = reader;
    reader.at = at + length;
    return at;
  }

  #status(): void {
    const row = this.#row;
    const reader = this.#reader;
    const length = reader.uint32();
    const end = reader.at + length;
    while (reader.at < end) {
      const tag = reader.uint32();
      if (tag === 0x18) {
        const code = reader.uint32();
        row.statusCode = code <= MAX_STATUS_CODE ? code : 0;
      } else if (tag === 0x12) row.statusMessage = this.values.text();
      else reader.skip(tag);
    }
  }

  #event(): SpanEvent {
    const reader = this.#reader;
    const length = reader.uint32();
    const end = reader.at + length;
    let timeUnixNano = 0n;
    let name = '';
    let droppedAttributesCount = 0;
    let attributes: Map<string, AttributeValue> | undefined;
    while (reader.at < end) {
      const tag = reader.uint32();
      if (tag === 0x09) {
        timeUnixNano = reader.view.getBigUint64(reader.at, true);
        reader.at += 8;
      } else if (tag === 0x12) name = this.values.text();
      else if (tag === 0x1a) {
        attributes ??= new Map();
        this.values.attributeInto(attributes);
      } else if (tag === 0x20) droppedAttributesCount = reader.uint32();
      else reader.skip(tag);
    }
    return { timeUnixNano, name, attributes: attributes ?? NO_ATTRIBUTES, droppedAttributesCount };
  }

  #link(): SpanLink {
    const reader = this.#reader;
    const length = reader.uint32();
    const end = reader.at + length;
    let traceId = '';
    let spanId = '';
    let traceState = '';
    let droppedAttributesCount = 0;
    let flags = 0;
    const attributes = new Map<string, AttributeValue>();
    while (reader.at < end) {
      const tag = reader.uint32();
      if (tag === 0x0a) traceId = this.#hex();
      else if (tag === 0x12) spanId = this.#hex();
      else if (tag === 0x1a) traceState = this.values.text();
      else if (tag === 0x22) this.values.attributeInto(attributes);
      else if (tag === 0x28) droppedAttributesCount = reader.uint32();
      else if (tag === 0x35) {
        flags = reader.view.getUint32(reader.at, true);
        reader.at += 4;
      } else reader.skip(tag);
    }
    traceId ||= '0'.repeat(32);
    spanId ||= '0'.repeat(16);
    return { traceId, spanId, traceState, attributes, droppedAttributesCount, flags };
  }

  #hex(): string {
    const at = this.#bytesAt();
    return Buffer.prototype.hexSlice.call(this.#reader.bytes, at, this.#reader.at);
  }

  /** OpenTelemetry writes "no parent" as an empty id; some encoders write eight zero bytes. */
  #isZeroParent(): boolean {
    const { parentSpanIdAt } = this.#row;
    const { view } = this.#reader;
    if (parentSpanIdAt < 0) return false;
    return view.getUint32(parentSpanIdAt) === 0 && view.getUint32(parentSpanIdAt + 4) === 0;
  }
}
