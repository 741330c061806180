import { at } from './forest.ts';
import type { TraceOutline } from './outline.ts';
import type { TraceTree } from './tree.ts';

/** Stretches of the critical path, earliest first: between `startNanos` and `endNanos`, `rows` held it up. */
export interface CriticalPath {
  readonly rows: Uint32Array;
  /** Like every time in an outline, relative to its `startUnixNano`. */
  readonly startNanos: Float64Array;
  readonly endNanos: Float64Array;
}

/**
 * What a span's duration was made of: walking back from its end, the child that finished last before it is
 * what it waited for; before that child's start, the next one; in between, the span itself. Where several
 * children ran at once only the one that finished last counts, as in Jaeger's UI. A child is cut to the span
 * it belongs to, so one that goes on after it (asynchronous work) counts up to its end, and one that starts
 * only afterwards not at all. Together the stretches cover the span exactly.
 *
 * By default the path of the trace's root; O(n log n), without recursion.
 */
export function criticalPath(outline: TraceOutline, tree: TraceTree, row = tree.rootRow): CriticalPath {
  const walk = new Walk(outline, tree);
  if (row >= 0) walk.run(row);
  return walk.finish();
}

/** A span being walked back through: from `end` to `start`, its candidates by end, latest first. */
interface Frame {
  readonly row: number;
  readonly start: number;
  readonly children: readonly number[];
  next: number;
  /** What is before this is not yet on the path. */
  cursor: number;
}

class Walk {
  readonly #outline: TraceOutline;
  readonly #tree: TraceTree;
  // Latest first, as they are found.
  readonly #rows: number[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  constructor(outline: TraceOutline, tree: TraceTree) {
    this.#outline = outline;
    this.#tree = tree;
  }

  run(row: number): void {
    const stack: Frame[] = [this.#frame(row, this.#startOf(row), this.#endOf(row))];
    for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
      const child = this.#takeChild(frame);
      if (child === -1) {
        this.#add(frame.row, frame.start, frame.cursor);
        stack.pop();
        continue;
      }
      const end = Math.min(this.#endOf(child), frame.cursor);
      const start = Math.max(this.#startOf(child), frame.start);
      this.#add(frame.row, end, frame.cursor);
      frame.cursor = start;
      stack.push(this.#frame(child, start, end));
    }
  }

  #frame(row: number, start: number, end: number): Frame {
    const { childOffsets, childRows } = this.#tree;
    const children = Array.from(childRows.subarray(at(childOffsets, row), at(childOffsets, row + 1)));
    const inside = children.filter((child) => this.#startOf(child) < end && this.#endOf(child) > start);
    inside.sort((a, b) => this.#endOf(b) - this.#endOf(a) || b - a);
    return { row, start, children: inside, next: 0, cursor: end };
  }

  /** The child that finished last, at or before the cursor; only the first may be cut to the span's end. */
  #takeChild(frame: Frame): number {
    const { children } = frame;
    while (frame.next < children.length) {
      const isFirst = frame.next === 0;
      const child = children[frame.next++] ?? -1;
      if (isFirst || this.#endOf(child) <= frame.cursor) return child;
    }
    return -1;
  }

  #add(row: number, start: number, end: number): void {
    if (start >= end) return;
    this.#rows.push(row);
    this.#starts.push(start);
    this.#ends.push(end);
  }

  #startOf(row: number): number {
    return at(this.#outline.startNanos, row);
  }

  #endOf(row: number): number {
    return at(this.#outline.startNanos, row) + at(this.#outline.durationNanos, row);
  }

  finish(): CriticalPath {
    return {
      rows: Uint32Array.from(this.#rows).reverse(),
      startNanos: Float64Array.from(this.#starts).reverse(),
      endNanos: Float64Array.from(this.#ends).reverse(),
    };
  }
}
