/** A forest over rows 0 to n-1 in columns; nothing here recurses, so depth is bounded by memory only. */
export interface Forest {
  readonly size: number;
  /** -1 for a root. */
  readonly parentRows: Int32Array;
  /** The children of `row` are `childRows` from `childOffsets[row]` to before `childOffsets[row + 1]`, ascending. */
  readonly childOffsets: Uint32Array;
  readonly childRows: Uint32Array;
  readonly roots: Uint32Array;
  /** All rows, each before its children. */
  readonly order: Uint32Array;
  /** Where a row stands in `order`. */
  readonly positions: Uint32Array;
  readonly depths: Uint32Array;
  /** Rows in the subtree, itself included; they follow each other in `order`. */
  readonly subtreeSizes: Uint32Array;
}

/** Children, pre-order, depths and sizes from parents without cycles. O(n). */
export function buildForest(parentRows: Int32Array): Forest {
  const size = parentRows.length;
  const { childOffsets, childRows, roots } = childrenOf(parentRows);
  const order = new Uint32Array(size);
  const positions = new Uint32Array(size);
  const depths = new Uint32Array(size);
  const stack = new Uint32Array(size);
  let top = 0;
  for (let i = roots.length - 1; i >= 0; i--) stack[top++] = at(roots, i);
  for (let position = 0; top > 0; position++) {
    const row = at(stack, --top);
    const parent = at(parentRows, row);
    order[position] = row;
    positions[row] = position;
    depths[row] = parent < 0 ? 0 : at(depths, parent) + 1;
    const first = at(childOffsets, row);
    for (let i = at(childOffsets, row + 1) - 1; i >= first; i--) stack[top++] = at(childRows, i);
  }
  const subtreeSizes = sizes(order, parentRows);
  return { size, parentRows, childOffsets, childRows, roots, order, positions, depths, subtreeSizes };
}

function childrenOf(parentRows: Int32Array) {
  const size = parentRows.length;
  const childOffsets = new Uint32Array(size + 1);
  let rootCount = 0;
  for (let row = 0; row < size; row++) {
    const parent = at(parentRows, row);
    if (parent < 0) rootCount++;
    else childOffsets[parent + 1] = at(childOffsets, parent + 1) + 1;
  }
  for (let row = 0; row < size; row++)
    childOffsets[row + 1] = at(childOffsets, row + 1) + at(childOffsets, row);
  const roots = new Uint32Array(rootCount);
  const childRows = new Uint32Array(size - rootCount);
  const next = childOffsets.slice();
  rootCount = 0;
  for (let row = 0; row < size; row++) {
    const parent = at(parentRows, row);
    if (parent < 0) roots[rootCount++] = row;
    else {
      const place = at(next, parent);
      childRows[place] = row;
      next[parent] = place + 1;
    }
  }
  return { childOffsets, childRows, roots };
}

function sizes(order: Uint32Array, parentRows: Int32Array): Uint32Array {
  const subtreeSizes = new Uint32Array(order.length).fill(1);
  for (let position = order.length - 1; position >= 0; position--) {
    const row = at(order, position);
    const parent = at(parentRows, row);
    if (parent >= 0) subtreeSizes[parent] = at(subtreeSizes, parent) + at(subtreeSizes, row);
  }
  return subtreeSizes;
}

/** An entry that is known to exist; typed arrays have no holes. */
export function at(column: Uint32Array | Int32Array | Uint8Array | Float64Array, index: number): number {
  return column[index] as number;
}
