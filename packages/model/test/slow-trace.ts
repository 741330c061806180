import type { Span } from '../src/span.ts';

/** Slow, obvious and recursive versions of the analyses, for unique span ids. Times in nanoseconds from the first start. */
export interface SlowNode {
  readonly span: Span;
  readonly row: number;
  readonly start: number;
  readonly end: number;
  parent: SlowNode | null;
  children: SlowNode[];
  orphan: boolean;
  cut: boolean;
}

/** Nodes by row. */
export function slowTree(spans: readonly Span[]): SlowNode[] {
  const sorted = [...spans].sort((a, b) =>
    a.startUnixNano === b.startUnixNano
      ? a.spanId.localeCompare(b.spanId)
      : Number(a.startUnixNano - b.startUnixNano),
  );
  const zero = sorted[0]?.startUnixNano ?? 0n;
  const nodes = sorted.map(
    (span, row): SlowNode => ({
      span,
      row,
      start: Number(span.startUnixNano - zero),
      end: Number(span.endUnixNano - zero),
      parent: null,
      children: [],
      orphan: false,
      cut: false,
    }),
  );
  for (const node of nodes) {
    node.parent = nodes.find(({ span }) => span.spanId === node.span.parentSpanId) ?? null;
    node.orphan = node.span.parentSpanId !== null && node.parent === null;
  }
  // Rows ascend, so the first of a cycle is the one that is cut.
  for (const node of nodes) {
    if (isOwnAncestor(node)) {
      node.parent = null;
      node.cut = true;
    }
  }
  for (const node of nodes) node.parent?.children.push(node);
  return nodes;
}

function isOwnAncestor(node: SlowNode): boolean {
  const seen = new Set<SlowNode>();
  for (let above = node.parent; above !== null && !seen.has(above); above = above.parent) {
    if (above === node) return true;
    seen.add(above);
  }
  return false;
}

export function slowOrder(nodes: readonly SlowNode[]): number[] {
  const below = (node: SlowNode): number[] => [node.row, ...node.children.flatMap(below)];
  return nodes.filter(({ parent }) => parent === null).flatMap(below);
}

export function slowDepth(node: SlowNode): number {
  return node.parent === null ? 0 : slowDepth(node.parent) + 1;
}

/** Counted millisecond by millisecond: random traces have whole ones. */
export function slowSelfTime(node: SlowNode): number {
  let self = 0;
  for (let time = node.start; time < node.end; time += 1e6) {
    if (!node.children.some(({ start, end }) => start <= time && time < end)) self += 1e6;
  }
  return self;
}

export type Stretch = [row: number, start: number, end: number];

/** Jaeger's walk, recursively: cut the children to the span, wait for the one that finished last, go on before it. */
export function slowCriticalPath(node: SlowNode, start = node.start, end = node.end): Stretch[] {
  let candidates = node.children
    .filter((child) => child.start < end && child.end > start)
    .sort((a, b) => b.end - a.end || b.row - a.row);
  const stretches: Stretch[] = [];
  let cursor = end;
  for (let last = candidates[0]; last !== undefined; last = candidates[0]) {
    const lastEnd = Math.min(last.end, cursor);
    const lastStart = Math.max(last.start, start);
    stretches.unshift([node.row, lastEnd, cursor]);
    stretches.unshift(...slowCriticalPath(last, lastStart, lastEnd));
    cursor = lastStart;
    candidates = candidates.filter((child) => child !== last && child.end <= cursor);
  }
  stretches.unshift([node.row, start, cursor]);
  return stretches.filter(([, from, to]) => from < to);
}

export function slowPath(node: SlowNode): string {
  const here = `${node.span.resource.attributes.get('service.name')}:${node.span.name}`;
  return node.parent === null ? here : `${slowPath(node.parent)}>${here}`;
}
