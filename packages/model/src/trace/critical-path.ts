import { at } from './forest.ts';
import type { TraceOutline } from './outline.ts';
import { sortRows } from './sort-rows.ts';
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

/** A span being walked back through, its candidates by end; those from `left` on are done with. */
interface Frame {
  readonly row: number;
  readonly start: number;
  readonly children: Uint32Array;
  left: number;
  /** What is before this is not yet on the path. */
  cursor: number;
}

class Walk {
  readonly #outline: TraceOutline;
  readonly #tree: TraceTree;
  readonly #ends: Float64Array;
  // Latest first, as they are found.
  readonly #pathRows: number[] = [];
  readonly #pathStarts: number[] = [];
  readonly #pathEnds: number[] = [];

  constructor(outline: TraceOutline, tree: TraceTree) {
    this.#outline = outline;
    this.#tree = tree;
    this.#ends = outline.startNanos.map((start, row) => start + at(outline.durationNanos, row));
  }

  run(row: number): void {
    const stack: Frame[] = [this.#frame(row, this.#startOf(row), at(this.#ends, row))];
    for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
      const child = this.#takeChild(frame);
      if (child === -1) {
        this.#add(frame.row, frame.start, frame.cursor);
        stack.pop();
        continue;
      }
      const end = Math.min(at(this.#ends, child), frame.cursor);
      const start = Math.max(this.#startOf(child), frame.start);
      this.#add(frame.row, end, frame.cursor);
      frame.cursor = start;
      stack.push(this.#frame(child, start, end));
    }
  }

  #frame(row: number, start: number, end: number): Frame {
    const { childOffsets, childRows } = this.#tree;
    const children = childRows.subarray(at(childOffsets, row), at(childOffsets, row + 1));
    const inside = children.filter((child) => this.#startOf(child) < end && at(this.#ends, child) > start);
    return { row, start, children: sortRows(inside, this.#ends), left: inside.length, cursor: end };
  }

  /** The child that finished last, at or before the cursor; only the first may be cut to the span's end. */
  #takeChild(frame: Frame): number {
    const { children } = frame;
    while (frame.left > 0) {
      const isFirst = frame.left === children.length;
      const child = at(children, --frame.left);
      if (isFirst || at(this.#ends, child) <= frame.cursor) return child;
    }
    return -1;
  }

  #add(row: number, start: number, end: number): void {
    if (start >= end) return;
    this.#pathRows.push(row);
    this.#pathStarts.push(start);
    this.#pathEnds.push(end);
  }

  #startOf(row: number): number {
    return at(this.#outline.startNanos, row);
  }

  finish(): CriticalPath {
    return {
      rows: Uint32Array.from(this.#pathRows).reverse(),
      startNanos: Float64Array.from(this.#pathStarts).reverse(),
      endNanos: Float64Array.from(this.#pathEnds).reverse(),
    };
  }
}
