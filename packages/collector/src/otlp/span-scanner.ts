import type { SpanLimits } from './span-limits.ts';
import type { ValueScanner } from './value-scanner.ts';
import type { WireScanner } from './wire-scanner.ts';

/**
 * Checks one `Span` of trace.proto, nested messages included. What breaks the wire format throws; what only
 * this span has wrong (ids, limits) becomes the scanner's complaint.
 */
export class SpanScanner {
  readonly #values: ValueScanner;
  readonly #wire: WireScanner;
  readonly #limits: SpanLimits;
  #traceIdAt = -1;
  #traceIdLength = 0;
  #spanIdAt = -1;
  #spanIdLength = 0;
  #parentLength = 0;
  #startHigh = 0;
  #endHigh = 0;
  #attributes = 0;
  #events = 0;
  #links = 0;

  constructor(values: ValueScanner, limits: SpanLimits) {
    this.#values = values;
    this.#wire = values.wire;
    this.#limits = limits;
  }

  span(end: number): void {
    this.#traceIdLength = this.#spanIdLength = this.#parentLength = 0;
    this.#startHigh = this.#endHigh = 0;
    this.#attributes = this.#events = this.#links = 0;
    const wire = this.#wire;
    while (wire.at < end) {
      const tag = wire.tag(end);
      if (tag === 0x4a) {
        this.#attributes++;
        this.#values.attribute(end);
      } else this.#field(tag, end);
    }
    this.#judge();
  }

  #field(tag: number, end: number): void {
    const wire = this.#wire;
    switch (tag) {
      case 0x0a:
        this.#traceIdLength = wire.length(end);
        this.#traceIdAt = wire.at;
        wire.at += this.#traceIdLength;
        return;
      case 0x12:
        this.#spanIdLength = wire.length(end);
        this.#spanIdAt = wire.at;
        wire.at += this.#spanIdLength;
        return;
      case 0x1a:
        this.#values.text(end, 'trace_state');
        return;
      case 0x22:
        this.#parentLength = this.#skipBytes(end);
        return;
      case 0x2a:
        this.#values.text(end, 'name');
        return;
      case 0x39:
        wire.fixed(8, end);
        this.#startHigh = highHalf(wire);
        return;
      case 0x41:
        wire.fixed(8, end);
        this.#endHigh = wire.bytes[wire.at - 1] as number;
        return;
      case 0x5a:
        this.#events++;
        this.#event(end);
        return;
      case 0x6a:
        this.#links++;
        this.#link(end);
        return;
      case 0x7a:
        this.#status(end);
        return;
      default:
        wire.skip(tag, end);
        return;
    }
  }

  #skipBytes(end: number): number {
    const length = this.#wire.length(end);
    this.#wire.at += length;
    return length;
  }

  #event(outerEnd: number): void {
    const wire = this.#wire;
    const length = wire.length(outerEnd);
    const end = wire.at + length;
    let attributes = 0;
    while (wire.at < end) {
      const tag = wire.tag(end);
      if (tag === 0x1a) {
        attributes++;
        this.#values.attribute(end);
      } else if (tag === 0x12) this.#values.text(end, 'an event name');
      else if (tag === 0x09) {
        wire.fixed(8, end);
        if ((wire.bytes[wire.at - 1] as number) >= 0x80) this.#values.complain(beyondRange('an event time'));
      } else wire.skip(tag, end);
    }
    this.#count(attributes, this.#limits.maxAttributes, 'attributes on an event');
  }

  #link(outerEnd: number): void {
    const wire = this.#wire;
    const length = wire.length(outerEnd);
    const end = wire.at + length;
    let attributes = 0;
    let traceIdLength = 0;
    let spanIdLength = 0;
    while (wire.at < end) {
      const tag = wire.tag(end);
      if (tag === 0x0a) traceIdLength = this.#skipBytes(end);
      else if (tag === 0x12) spanIdLength = this.#skipBytes(end);
      else if (tag === 0x22) {
        attributes++;
        this.#values.attribute(end);
      } else if (tag === 0x1a) this.#values.text(end, 'the trace_state of a link');
      else wire.skip(tag, end);
    }
    this.#count(attributes, this.#limits.maxAttributes, 'attributes on a link');
    if (traceIdLength !== 0) this.#idLength('the trace_id of a link', traceIdLength, 16);
    if (spanIdLength !== 0) this.#idLength('the span_id of a link', spanIdLength, 8);
  }

  #status(outerEnd: number): void {
    const wire = this.#wire;
    const length = wire.length(outerEnd);
    const end = wire.at + length;
    while (wire.at < end) {
      const tag = wire.tag(end);
      if (tag === 0x12) this.#values.text(end, 'a status message');
      else wire.skip(tag, end);
    }
  }

  #judge(): void {
    const { maxAttributes, maxEvents, maxLinks } = this.#limits;
    this.#id('trace_id', this.#traceIdAt, this.#traceIdLength, 16);
    this.#id('span_id', this.#spanIdAt, this.#spanIdLength, 8);
    if (this.#parentLength !== 0) this.#idLength('parent_span_id', this.#parentLength, 8);
    if (this.#startHigh >= BILLION) this.#values.complain('start_time_unix_nano is beyond February 2106');
    if (this.#endHigh >= 0x80) this.#values.complain(beyondRange('end_time_unix_nano'));
    this.#count(this.#attributes, maxAttributes, 'attributes');
    this.#count(this.#events, maxEvents, 'events');
    this.#count(this.#links, maxLinks, 'links');
  }

  #id(name: string, at: number, length: number, expected: number): void {
    if (length !== expected) {
      this.#idLength(name, length, expected);
      return;
    }
    const { bytes } = this.#wire;
    for (let index = at; index < at + length; index++) if (bytes[index] !== 0) return;
    this.#values.complain(`${name} is all zero`);
  }

  #idLength(name: string, length: number, expected: number): void {
    if (length !== expected) this.#values.complain(`${name} has ${length} bytes, expected ${expected}`);
  }

  #count(count: number, limit: number, what: string): void {
    if (count > limit) this.#values.complain(`${count} ${what}, at most ${limit} are taken`);
  }
}

/**
 * The store's minutes are 32 bits of seconds, beyond which charts and lists would miss a span: 2^32 seconds are as many
 * nanoseconds as a billion in the upper half.
 */
const BILLION = 1_000_000_000;
const highHalf = ({ bytes, at }: WireScanner): number =>
  (((bytes[at - 1] as number) << 24) |
    ((bytes[at - 2] as number) << 16) |
    ((bytes[at - 3] as number) << 8) |
    (bytes[at - 4] as number)) >>>
  0;

/** Signed 64-bit nanoseconds end in the year 2262; the engine's DateTime64(9) and Go's time end there too. */
const beyondRange = (what: string): string => `${what} is beyond the year 2262`;
