/** A call from one service to another, as the layout needs it. */
export interface Edge {
  readonly parent: string;
  readonly child: string;
  readonly count: number;
}
export interface PlacedNode {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}
export interface MapLayout {
  readonly nodes: ReadonlyMap<string, PlacedNode>;
  readonly width: number;
  readonly height: number;
}

export const nodeWidth = 164;
export const nodeHeight = 54;
const gapX = 72;
const gapY = 26;

/**
 * Callers left of whom they call, in columns: a service stands one column right of the farthest of its
 * callers, edges that would close a cycle left aside; within a column, near the mean of its callers, so that
 * few edges cross. Deterministic: the same services give the same picture.
 */
export function layoutMap(services: readonly string[], edges: readonly Edge[]): MapLayout {
  const names = [...new Set([...services, ...edges.flatMap(({ parent, child }) => [parent, child])])].sort();
  const forward = withoutCycles(names, edges);
  const columns = columnsOf(names, forward);
  orderColumns(columns, forward);
  const tallest = Math.max(1, ...columns.map((column) => column.length));
  const height = tallest * (nodeHeight + gapY) + gapY;
  const nodes = new Map<string, PlacedNode>();
  columns.forEach((column, index) => {
    const top = (height - column.length * (nodeHeight + gapY) + gapY) / 2;
    column.forEach((name, place) => {
      nodes.set(name, { name, x: gapY + index * (nodeWidth + gapX), y: top + place * (nodeHeight + gapY) });
    });
  });
  return { nodes, width: columns.length * (nodeWidth + gapX) - gapX + gapY * 2, height };
}

/** The edges that lead away from where the busiest entries start; a back edge of a cycle is left out. */
function withoutCycles(names: readonly string[], edges: readonly Edge[]): readonly Edge[] {
  const kept: Edge[] = [];
  const reaches = (from: string, to: string): boolean => {
    const seen = new Set<string>();
    const stack = [from];
    for (let name = stack.pop(); name !== undefined; name = stack.pop()) {
      if (name === to) return true;
      if (seen.has(name)) continue;
      seen.add(name);
      for (const edge of kept) if (edge.parent === name) stack.push(edge.child);
    }
    return false;
  };
  const known = new Set(names);
  const busiest = [...edges].sort(
    (a, b) => b.count - a.count || (a.parent + a.child < b.parent + b.child ? -1 : 1),
  );
  for (const edge of busiest) {
    if (edge.parent === edge.child || !known.has(edge.parent)) continue;
    if (!reaches(edge.child, edge.parent)) kept.push(edge);
  }
  return kept;
}

function columnsOf(names: readonly string[], edges: readonly Edge[]): string[][] {
  const column = new Map(names.map((name) => [name, 0]));
  // Longest path: without cycles it settles after at most one round per service.
  for (let round = 0; round < names.length; round += 1) {
    let moved = false;
    for (const { parent, child } of edges) {
      const wanted = (column.get(parent) ?? 0) + 1;
      if ((column.get(child) ?? 0) >= wanted) continue;
      column.set(child, wanted);
      moved = true;
    }
    if (!moved) break;
  }
  const last = Math.max(0, ...column.values());
  return Array.from({ length: last + 1 }, (_, index) => names.filter((name) => column.get(name) === index));
}

function orderColumns(columns: string[][], edges: readonly Edge[]): void {
  const place = new Map<string, number>();
  const remember = (column: readonly string[]) =>
    column.forEach((name, index) => {
      place.set(name, index - column.length / 2);
    });
  columns.forEach(remember);
  for (let sweep = 0; sweep < 6; sweep += 1) {
    const side = sweep % 2 === 0 ? 'parent' : 'child';
    for (const column of sweep % 2 === 0 ? columns : [...columns].reverse()) {
      const mean = new Map(column.map((name) => [name, meanPlace(name, side, edges, place)]));
      column.sort((a, b) => (mean.get(a) ?? 0) - (mean.get(b) ?? 0) || (a < b ? -1 : 1));
      remember(column);
    }
  }
}

function meanPlace(
  name: string,
  side: 'parent' | 'child',
  edges: readonly Edge[],
  place: Map<string, number>,
): number {
  const other = side === 'parent' ? 'child' : 'parent';
  const near = edges.filter((edge) => edge[other] === name).map((edge) => place.get(edge[side]) ?? 0);
  return near.length === 0 ? (place.get(name) ?? 0) : near.reduce((sum, one) => sum + one, 0) / near.length;
}
