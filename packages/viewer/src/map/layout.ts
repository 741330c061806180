export interface Point {
  readonly x: number;
  readonly y: number;
}
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
  readonly width: number;
}
export interface MapLayout {
  readonly nodes: ReadonlyMap<string, PlacedNode>;
  /** By `edgeKey`: where an edge to a later column goes; from its first point, curve and straight by turns. */
  readonly routes: ReadonlyMap<string, readonly Point[]>;
  /** Where the services begin that nobody calls and that call nobody; null without any. */
  readonly aloneTop: number | null;
  readonly width: number;
  readonly height: number;
}

interface LayoutOptions {
  readonly widthOf?: (name: string) => number;
  readonly availableWidth?: number;
}

/** Of a node with little to say. */
export const nodeWidth = 140;
export const nodeHeight = 54;
/** What an edge that passes a column keeps free there. */
const laneHeight = 12;
/** Between columns; a label stands in the narrowest. */
const minGapX = 60;
const maxGapX = 110;
const gapY = 26;

export function edgeKey({ parent, child }: Pick<Edge, 'parent' | 'child'>): string {
  return `${parent}\n${child}`;
}

/** A place that an edge keeps free in a column between its ends; a name that no service has. */
function laneName(edge: Edge, column: number): string {
  return `${edgeKey(edge)}\n${column}`;
}
const isLane = (name: string) => name.includes('\n');

/**
 * Callers left of whom they call, in columns: a service stands one column right of the farthest of its
 * callers, edges that would close a cycle left aside; within a column, near the mean of its callers, so that
 * few edges cross. An edge that passes a column has a lane of its own there, so none goes beneath a service.
 * Services without any call stand below, in rows. Deterministic: the same services give the same picture.
 */
export function layoutMap(
  services: readonly string[],
  edges: readonly Edge[],
  options: LayoutOptions = {},
): MapLayout {
  const called = new Set(edges.flatMap(({ parent, child }) => (parent === child ? [] : [parent, child])));
  const graph = layoutGraph([...called].sort(), edges, options);
  const all = [...services, ...edges.map(({ parent }) => parent)];
  const alone = [...new Set(all)].filter((name) => !called.has(name)).sort();
  return alone.length === 0 ? graph : withAlone(graph, alone, options);
}

/** Room for a heading above the services that stand alone. */
const headingHeight = 34;

function withAlone(graph: MapLayout, names: readonly string[], options: LayoutOptions): MapLayout {
  const { widthOf = () => nodeWidth, availableWidth = 0 } = options;
  const end = Math.max(graph.width, availableWidth) - gapY;
  const nodes = new Map(graph.nodes);
  const aloneTop = graph.nodes.size === 0 ? 0 : graph.height;
  let [x, y, width] = [gapY, aloneTop + headingHeight, graph.width];
  for (const name of names) {
    const own = widthOf(name);
    if (x > gapY && x + own > end) [x, y] = [gapY, y + nodeHeight + gapY];
    nodes.set(name, { name, x, y, width: own });
    x += own + gapY;
    width = Math.max(width, x);
  }
  return { ...graph, nodes, aloneTop, width, height: y + nodeHeight + gapY };
}

function layoutGraph(names: readonly string[], edges: readonly Edge[], options: LayoutOptions): MapLayout {
  if (names.length === 0) return { nodes: new Map(), routes: new Map(), aloneTop: null, width: 0, height: 0 };
  const forward = withoutCycles(names, edges);
  const columns = columnsOf(names, forward);
  const columnOf = new Map(columns.flatMap((column, index) => column.map((name) => [name, index] as const)));
  const steps = withLanes(columns, forward, columnOf);
  orderColumns(columns, steps);
  const heightOf = (name: string) => (isLane(name) ? laneHeight : nodeHeight) + gapY;
  const heights = columns.map((column) => column.reduce((sum, name) => sum + heightOf(name), 0));
  const height = Math.max(nodeHeight, ...heights) + gapY;
  const placed = new Map<string, PlacedNode>();
  const { widthOf = () => nodeWidth, availableWidth = 0 } = options;
  const widths = columns.map((column) =>
    Math.max(0, ...column.filter((name) => !isLane(name)).map((name) => widthOf(name))),
  );
  const free = availableWidth - widths.reduce((sum, width) => sum + width, gapY * 2);
  const gapX = Math.min(maxGapX, Math.max(minGapX, Math.floor(free / Math.max(1, columns.length - 1))));
  let x = gapY;
  columns.forEach((column, index) => {
    const width = widths[index] ?? 0;
    let y = (height - (heights[index] ?? 0) + gapY) / 2;
    for (const name of column) {
      placed.set(name, { name, x, y, width });
      y += heightOf(name);
    }
    x += width + gapX;
  });
  return {
    nodes: new Map([...placed].filter(([name]) => !isLane(name))),
    routes: new Map(forward.map((edge) => [edgeKey(edge), routeOf(edge, placed, columnOf)])),
    aloneTop: null,
    width: x - gapX + gapY,
    height,
  };
}

/** Puts lanes into the columns that edges pass and gives the edges from each column to the next. */
function withLanes(
  columns: string[][],
  edges: readonly Edge[],
  columnOf: ReadonlyMap<string, number>,
): readonly Edge[] {
  return edges.flatMap((edge) => {
    const last = columnOf.get(edge.child) ?? 0;
    const steps: Edge[] = [];
    let parent = edge.parent;
    for (let column = (columnOf.get(edge.parent) ?? 0) + 1; column < last; column += 1) {
      const child = laneName(edge, column);
      columns[column]?.push(child);
      steps.push({ ...edge, parent, child });
      parent = child;
    }
    return [...steps, { ...edge, parent }];
  });
}

function routeOf(
  edge: Edge,
  placed: ReadonlyMap<string, PlacedNode>,
  columnOf: ReadonlyMap<string, number>,
): readonly Point[] {
  const from = placed.get(edge.parent);
  const to = placed.get(edge.child);
  if (from === undefined || to === undefined) return [];
  const points: Point[] = [{ x: from.x + from.width, y: from.y + nodeHeight / 2 }];
  const last = columnOf.get(edge.child) ?? 0;
  for (let column = (columnOf.get(edge.parent) ?? 0) + 1; column < last; column += 1) {
    const lane = placed.get(laneName(edge, column));
    if (lane === undefined) continue;
    const y = lane.y + laneHeight / 2;
    points.push({ x: lane.x, y }, { x: lane.x + lane.width, y });
  }
  points.push({ x: to.x, y: to.y + nodeHeight / 2 });
  return points;
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
