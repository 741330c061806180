import { FirstFreeLane } from '../trace/first-free-lane.ts';
import { spanStartOrder } from '../trace/flame-graph.ts';
import { at } from '../trace/forest.ts';
import type { TraceOutline } from '../trace/outline.ts';
import type { TraceTree } from '../trace/tree.ts';

/**
 * A track for every row within its service, such that slices on one track nest or follow each other, as the
 * Trace Event Format demands of a thread: a span goes on its parent's track while the parent is the innermost
 * open slice there and lasts longer, else on the first track that is free.
 */
export class SliceTracks {
  readonly #outline: TraceOutline;
  readonly #tree: TraceTree;
  readonly #tracks: Uint32Array;
  /** By service, then track: the open slices, outermost first. */
  readonly #open = new Map<number, number[][]>();
  readonly #free = new Map<number, FirstFreeLane>();

  constructor(outline: TraceOutline, tree: TraceTree) {
    this.#outline = outline;
    this.#tree = tree;
    this.#tracks = new Uint32Array(outline.size);
    for (const row of spanStartOrder(outline, tree)) this.#tracks[row] = this.#place(row);
  }

  trackOf(row: number): number {
    return at(this.#tracks, row);
  }

  #place(row: number): number {
    const service = at(this.#outline.serviceIndexes, row);
    const parent = at(this.#tree.parentRows, row);
    const open = getOrCreate(this.#open, service, (): number[][] => []);
    if (parent >= 0 && at(this.#outline.serviceIndexes, parent) === service) {
      const track = at(this.#tracks, parent);
      const slices = open[track] ?? [];
      while (slices.length > 0 && this.#endOf(slices.at(-1) ?? row) <= this.#startOf(row)) slices.pop();
      if (slices.at(-1) === parent && this.#contains(parent, row)) {
        slices.push(row);
        return track;
      }
    }
    const free = getOrCreate(this.#free, service, () => new FirstFreeLane());
    const track = free.find(0, this.#startOf(row));
    free.take(track, this.#endOf(row));
    open[track] = [row];
    return track;
  }

  #contains(outer: number, inner: number): boolean {
    return this.#startOf(outer) <= this.#startOf(inner) && this.#endOf(inner) <= this.#endOf(outer);
  }

  #startOf(row: number): number {
    return at(this.#outline.startNanos, row);
  }

  #endOf(row: number): number {
    return this.#startOf(row) + at(this.#outline.durationNanos, row);
  }
}

function getOrCreate<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const created = create();
  map.set(key, created);
  return created;
}
