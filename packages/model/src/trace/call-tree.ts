import { at, buildForest, type Forest } from './forest.ts';
import type { TraceOutline } from './outline.ts';
import { outlineIsError } from './outline-flags.ts';
import { selfTimes } from './self-time.ts';
import type { TraceTree } from './tree.ts';

/** Sums over the spans of one trace that came the same way. */
export interface CallSide {
  readonly counts: Uint32Array;
  readonly errors: Uint32Array;
  readonly totalNanos: Float64Array;
  readonly selfNanos: Float64Array;
}

/**
 * Traces folded together: spans whose chains of service and name from the top are equal are one node. Node
 * numbers are rows of `forest`; `sides` holds one entry per trace.
 */
export interface CallTree {
  readonly forest: Forest;
  readonly services: readonly string[];
  readonly names: readonly string[];
  readonly sides: readonly CallSide[];
}

/** An outline and the tree that `buildTree` made of it. */
export interface TraceWithTree {
  readonly outline: TraceOutline;
  readonly tree: TraceTree;
}

/** Folds one trace, or several to compare them. O(n), without recursion. */
export function buildCallTree(traces: readonly TraceWithTree[]): CallTree {
  const labels = new Labels();
  const labelled = traces.map((trace) => ({ ...trace, labels: labels.ofRows(trace.outline) }));
  const folding = new Folding(labels.size);
  const nodesOfRows = labelled.map((trace) => folding.fold(trace));
  const forest = buildForest(Int32Array.from(folding.parents));
  const sides = traces.map((trace, i) => sumUp(trace, nodesOfRows[i] ?? new Uint32Array(), forest.size));
  return { forest, services: folding.services, names: folding.names, sides };
}

/** One number per pair of service and name, the same in every trace. */
class Labels {
  readonly #numbers = new Map<string, number>();

  get size(): number {
    return this.#numbers.size;
  }

  ofRows({ serviceIndexes, nameIndexes, services, names, size }: TraceOutline): Uint32Array {
    const known = new Map<number, number>();
    const labels = new Uint32Array(size);
    for (let row = 0; row < size; row++) {
      const service = at(serviceIndexes, row);
      const name = at(nameIndexes, row);
      const key = service * names.length + name;
      const label = known.get(key) ?? this.#numberOf(`${services[service]}\0${names[name]}`);
      known.set(key, label);
      labels[row] = label;
    }
    return labels;
  }

  #numberOf(text: string): number {
    const number = this.#numbers.get(text) ?? this.#numbers.size;
    this.#numbers.set(text, number);
    return number;
  }
}

class Folding {
  readonly parents: number[] = [];
  readonly services: string[] = [];
  readonly names: string[] = [];
  readonly #nodes = new Map<number, number>();
  readonly #labelCount: number;

  constructor(labelCount: number) {
    this.#labelCount = labelCount;
  }

  /** The node of every row, made where it was not there yet. */
  fold({ outline, tree, labels }: TraceWithTree & { readonly labels: Uint32Array }): Uint32Array {
    const nodes = new Uint32Array(outline.size);
    for (const row of tree.order) {
      const parent = at(tree.parentRows, row);
      const above = parent < 0 ? -1 : at(nodes, parent);
      // A pair of whole numbers in one; exact below 2^53, so for any trace that fits into memory.
      const key = (above + 1) * this.#labelCount + at(labels, row);
      nodes[row] = this.#nodes.get(key) ?? this.#create(key, above, outline, row);
    }
    return nodes;
  }

  #create(key: number, parent: number, outline: TraceOutline, row: number): number {
    this.services.push(outline.services[at(outline.serviceIndexes, row)] ?? '');
    this.names.push(outline.names[at(outline.nameIndexes, row)] ?? '');
    const node = this.parents.push(parent) - 1;
    this.#nodes.set(key, node);
    return node;
  }
}

function sumUp({ outline, tree }: TraceWithTree, nodes: Uint32Array, size: number): CallSide {
  const self = selfTimes(outline, tree);
  const counts = new Uint32Array(size);
  const errors = new Uint32Array(size);
  const totalNanos = new Float64Array(size);
  const selfNanos = new Float64Array(size);
  nodes.forEach((node, row) => {
    counts[node] = at(counts, node) + 1;
    errors[node] = at(errors, node) + (outlineIsError(at(outline.flags, row)) ? 1 : 0);
    totalNanos[node] = at(totalNanos, node) + at(outline.durationNanos, row);
    selfNanos[node] = at(selfNanos, node) + at(self, row);
  });
  return { counts, errors, totalNanos, selfNanos };
}
