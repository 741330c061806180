import type { ProtoWriter } from './proto-writer.ts';
import { ATTRIBUTES, writePair } from './span-encoder.ts';

const NONE: readonly unknown[] = [];

/**
 * The attributes of the last span in a buffer. Spans that one place in a program makes differ in few of them: what stands
 * where it stood in the span before is copied from there instead of encoded again.
 */
export class RepeatedAttributes {
  private last: readonly unknown[] = NONE;
  /** Where each of the last span's attributes begins, and where they end. */
  private readonly starts: number[] = [];

  /** To be called when the buffer begins anew. */
  forget(): void {
    this.last = NONE;
  }

  write(out: ProtoWriter, pairs: readonly unknown[]): void {
    const { last, starts } = this;
    const common = Math.min(pairs.length, last.length);
    let i = 0;
    while (i < pairs.length) {
      const first = i;
      while (i < common && pairs[i] === last[i] && pairs[i + 1] === last[i + 1]) i += 2;
      if (i > first) this.copy(out, first >> 1, i >> 1);
      if (i === pairs.length) break;
      starts[i >> 1] = out.position;
      writePair(out, ATTRIBUTES, pairs[i] as string, pairs[i + 1]);
      i += 2;
    }
    starts[i >> 1] = out.position;
    this.last = pairs;
  }

  private copy(out: ProtoWriter, first: number, end: number): void {
    const { starts } = this;
    const from = starts[first] as number;
    const shift = out.position - from;
    out.copy(from, starts[end] as number);
    for (let at = first; at < end; at++) starts[at] = (starts[at] as number) + shift;
  }
}
