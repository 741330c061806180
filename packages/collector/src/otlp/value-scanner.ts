import type { SpanLimits } from './span-limits.ts';
import { WireScanner } from './wire-scanner.ts';

/** Deeper values are not looked into: their span is rejected already, and recursion stays bounded. */
const MAX_LOOK_DEPTH = 64;

/** The attributes of common.proto (`KeyValue`, `AnyValue`) and whatever in them breaks a limit. */
export class ValueScanner {
  readonly wire = new WireScanner();
  readonly #limits: SpanLimits;
  /** Why the span, scope or resource being scanned cannot be taken; the first reason stays. */
  complaint: string | null = null;

  constructor(limits: SpanLimits) {
    this.#limits = limits;
  }

  complain(reason: string): void {
    this.complaint ??= reason;
  }

  /** A string or bytes field that the value limit holds for. */
  text(end: number, what: string): void {
    const length = this.wire.length(end);
    if (length > this.#limits.maxValueBytes) {
      this.complain(`${what} has ${length} bytes, at most ${this.#limits.maxValueBytes} are taken`);
    }
    this.wire.at += length;
  }

  /** A `KeyValue` message, its length included. */
  attribute(outerEnd: number, depth = 1): void {
    const { wire } = this;
    const length = wire.length(outerEnd);
    const end = wire.at + length;
    while (wire.at < end) {
      const tag = wire.tag(end);
      if (tag === 0x12) this.value(end, depth);
      else if (tag === 0x0a) this.#key(end);
      else wire.skip(tag, end);
    }
  }

  #key(end: number): void {
    const length = this.wire.length(end);
    if (length > this.#limits.maxKeyBytes) {
      this.complain(`an attribute key has ${length} bytes, at most ${this.#limits.maxKeyBytes} are taken`);
    }
    this.wire.at += length;
  }

  /** An `AnyValue` message, its length included. */
  value(outerEnd: number, depth: number): void {
    const { wire } = this;
    const length = wire.length(outerEnd);
    const end = wire.at + length;
    if (depth > this.#limits.maxValueDepth) {
      this.complain(`an attribute value nests deeper than ${this.#limits.maxValueDepth} levels`);
      if (depth > MAX_LOOK_DEPTH) {
        wire.at = end;
        return;
      }
    }
    while (wire.at < end) {
      const tag = wire.tag(end);
      if (tag === 0x0a || tag === 0x3a) this.text(end, 'an attribute value');
      else if (tag === 0x2a) this.#list(end, depth + 1, false);
      else if (tag === 0x32) this.#list(end, depth + 1, true);
      else wire.skip(tag, end);
    }
  }

  /** `ArrayValue` or `KeyValueList`: both hold their entries in field 1. */
  #list(outerEnd: number, depth: number, keyed: boolean): void {
    const { wire } = this;
    const length = wire.length(outerEnd);
    const end = wire.at + length;
    while (wire.at < end) {
      const tag = wire.tag(end);
      if (tag !== 0x0a) wire.skip(tag, end);
      else if (keyed) this.attribute(end, depth);
      else this.value(end, depth);
    }
  }
}
