import { attributeText } from '../attributes/attribute-text.ts';
import { spanIdToBigInt } from '../ids.ts';
import type { Span } from '../span.ts';
import type { TraceOutline } from './outline.ts';
import { outlineFlags } from './outline-flags.ts';

/**
 * The outline of one trace's spans, in any order. What an outline shows equally of two spans stands once; a
 * span that ends before it starts has no duration. Without spans: an empty outline.
 */
export function buildOutline(spans: readonly Span[]): TraceOutline {
  const rows = outlineRows(spans);
  const [first] = rows;
  const startUnixNano = first?.startUnixNano ?? 0n;
  const names = new StringTable();
  const services = new StringTable();
  const columns = emptyColumns(rows.length);
  rows.forEach((span, row) => {
    const duration = Number(span.endUnixNano - span.startUnixNano);
    columns.spanIds[row] = spanIdToBigInt(span.spanId);
    columns.parentSpanIds[row] = span.parentSpanId === null ? 0n : spanIdToBigInt(span.parentSpanId);
    columns.startNanos[row] = Number(span.startUnixNano - startUnixNano);
    columns.durationNanos[row] = Math.max(0, duration);
    columns.nameIndexes[row] = names.indexOf(span.name);
    columns.serviceIndexes[row] = services.indexOf(serviceNameOf(span));
    columns.flags[row] = outlineFlags(span);
  });
  return {
    traceId: first?.traceId ?? '',
    projectId: first?.projectId ?? '',
    startUnixNano,
    size: rows.length,
    ...columns,
    names: names.strings,
    services: services.strings,
  };
}

/** The span of every row of `buildOutline(spans)`. */
export function outlineRows(spans: readonly Span[]): Span[] {
  return withoutCopies([...spans].sort(byStart));
}

export function emptyColumns(size: number) {
  return {
    spanIds: new BigUint64Array(size),
    parentSpanIds: new BigUint64Array(size),
    startNanos: new Float64Array(size),
    durationNanos: new Float64Array(size),
    nameIndexes: new Uint32Array(size),
    serviceIndexes: new Uint32Array(size),
    flags: new Uint8Array(size),
  };
}

/** A span's service: its resource's `service.name`; empty if it has none. */
export function serviceNameOf(span: Pick<Span, 'resource'>): string {
  return attributeText(span.resource.attributes.get('service.name') ?? null);
}

function byStart(a: Span, b: Span): number {
  if (a.startUnixNano !== b.startUnixNano) return a.startUnixNano < b.startUnixNano ? -1 : 1;
  if (a.spanId !== b.spanId) return a.spanId < b.spanId ? -1 : 1;
  if (a.endUnixNano !== b.endUnixNano) return a.endUnixNano < b.endUnixNano ? -1 : 1;
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function withoutCopies(sorted: readonly Span[]): Span[] {
  return sorted.filter((span, index) => {
    const before = sorted[index - 1];
    return before === undefined || !looksLike(span, before);
  });
}

function looksLike(a: Span, b: Span): boolean {
  return (
    byStart(a, b) === 0 &&
    a.parentSpanId === b.parentSpanId &&
    outlineFlags(a) === outlineFlags(b) &&
    serviceNameOf(a) === serviceNameOf(b)
  );
}

class StringTable {
  readonly strings: string[] = [];
  readonly #indexes = new Map<string, number>();

  indexOf(text: string): number {
    const known = this.#indexes.get(text);
    if (known !== undefined) return known;
    this.#indexes.set(text, this.strings.length);
    return this.strings.push(text) - 1;
  }
}
