import {
  collapseBelowDepth,
  collapseService,
  hasChildren,
  spanIdFromBigInt,
  type TraceOutline,
  type TraceTree,
} from '@utxoiq/model';

/**
 * What is collapsed, as the address keeps it: `d3` all rows at depth 3, `s:name` calls into a service, and
 * span ids (16 hex digits); `-` before an id opens what the others closed.
 */
export interface CollapseRules {
  readonly depth: number | null;
  readonly services: readonly string[];
  readonly closed: readonly string[];
  readonly opened: readonly string[];
}

export const nothingCollapsed: CollapseRules = { depth: null, services: [], closed: [], opened: [] };

/** An address has to stay an address: the latest decisions are kept. */
const maxIds = 60;

export function parseCollapse(text: string | undefined): CollapseRules {
  const parts = text?.split(',') ?? [];
  const depth = parts.map((part) => part.match(/^d(\d{1,5})$/)?.[1]).find((digits) => digits !== undefined);
  return {
    depth: depth === undefined ? null : Number(depth),
    services: parts.filter((part) => part.startsWith('s:')).map((part) => decodeURIComponent(part.slice(2))),
    closed: parts.filter((part) => /^[0-9a-f]{16}$/.test(part)),
    opened: parts.filter((part) => /^-[0-9a-f]{16}$/.test(part)).map((part) => part.slice(1)),
  };
}

export function formatCollapse(rules: CollapseRules): string | undefined {
  const parts = [
    ...(rules.depth === null ? [] : [`d${rules.depth}`]),
    ...rules.services.map((name) => `s:${encodeURIComponent(name)}`),
    ...rules.closed.slice(-maxIds),
    ...rules.opened.slice(-maxIds).map((id) => `-${id}`),
  ];
  return parts.length === 0 ? undefined : parts.join(',');
}

export function toggleCollapse(rules: CollapseRules, spanId: string, isClosed: boolean): CollapseRules {
  const closed = rules.closed.filter((id) => id !== spanId);
  const opened = rules.opened.filter((id) => id !== spanId);
  if (!isClosed) return { ...rules, closed: [...closed, spanId], opened };
  const byRule = closed.length === rules.closed.length;
  return { ...rules, closed, opened: byRule ? [...opened, spanId] : opened };
}

/** The rows whose children are not shown. */
export function collapsedRows(outline: TraceOutline, tree: TraceTree, rules: CollapseRules): Set<number> {
  const collapsed = rules.depth === null ? new Set<number>() : collapseBelowDepth(tree, rules.depth);
  for (const name of rules.services) {
    const service = outline.services.indexOf(name);
    if (service >= 0) for (const row of collapseService(tree, outline, service)) collapsed.add(row);
  }
  for (const id of rules.closed) {
    const row = rowOf(outline, id);
    if (row >= 0 && hasChildren(tree, row)) collapsed.add(row);
  }
  for (const id of rules.opened) collapsed.delete(rowOf(outline, id));
  return collapsed;
}

/** The first row with a span id (16 hex digits); -1 if there is none. */
export function rowOf(outline: TraceOutline, spanId: string | undefined): number {
  return spanId !== undefined && /^[0-9a-f]{16}$/.test(spanId)
    ? outline.spanIds.indexOf(BigInt(`0x${spanId}`))
    : -1;
}

export function spanIdOf(outline: TraceOutline, row: number): string {
  return spanIdFromBigInt(outline.spanIds[row] ?? 0n);
}
