import { spanIdToBigInt } from '../ids.ts';
import { at } from './forest.ts';
import type { TraceOutline } from './outline.ts';
import { outlineIsError } from './outline-flags.ts';

/** What `searchOutline` finds beside the text. */
export interface SearchOptions {
  /** Only spans with error status. */
  readonly errorsOnly?: boolean;
}

/**
 * The rows whose name or service contains a text, in any case, or whose span id it is; ascending. An empty
 * text finds every row, so that `errorsOnly` serves alone.
 */
export function searchOutline(outline: TraceOutline, text: string, options: SearchOptions = {}): Uint32Array {
  const wanted = text.trim().toLowerCase();
  const names = matching(outline.names, wanted);
  const services = matching(outline.services, wanted);
  const spanId = /^[0-9a-f]{16}$/.test(wanted) ? spanIdToBigInt(wanted) : null;
  const rows = new Uint32Array(outline.size);
  let count = 0;
  for (let row = 0; row < outline.size; row++) {
    if (options.errorsOnly === true && !outlineIsError(at(outline.flags, row))) continue;
    const found =
      names[at(outline.nameIndexes, row)] === 1 ||
      services[at(outline.serviceIndexes, row)] === 1 ||
      (spanId !== null && outline.spanIds[row] === spanId);
    if (found) rows[count++] = row;
  }
  return rows.slice(0, count);
}

function matching(texts: readonly string[], wanted: string): Uint8Array {
  return Uint8Array.from(texts, (text) => (text.toLowerCase().includes(wanted) ? 1 : 0));
}
