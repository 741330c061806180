import { parseTraceId, queryWords, quoteQueryKey, quoteQueryText } from '@utxoiq/model';

/** Writing terms of the query language into a filter's text; reading it is `parseQuery`'s work. */

/** Facets that are fields of a span, so that their name is a word of the language and stays unquoted. */
const fields = new Set(['service', 'name', 'status', 'kind']);

function keyText(key: string): string {
  return fields.has(key) && queryWords.has(key) ? key : quoteQueryKey(key);
}

/** The attribute or field has exactly this value. */
export function equalsTerm(key: string, value: string): string {
  return `${keyText(key)}=${quoteQueryText(value)}`;
}

export function excludeTerm(key: string, value: string): string {
  return `${keyText(key)}!=${quoteQueryText(value)}`;
}

export function hasTerm(text: string, term: string): boolean {
  return ` ${text} `.includes(` ${term} `);
}

/** A disjunction is put in brackets before a term is added, so that the new term holds for all of it. */
export function addTerm(text: string, term: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return term;
  if (hasTerm(trimmed, term)) return trimmed;
  const isDisjunction = /\sOR\s/.test(trimmed) && !/^\([^()]*\)$/.test(trimmed);
  return `${isDisjunction ? `(${trimmed})` : trimmed} ${term}`;
}

export function removeTerm(text: string, term: string): string {
  return ` ${text} `.replace(` ${term} `, ' ').trim();
}

/** The trace of an id by itself, of a `traceparent` or of an `X-Cloud-Trace-Context`, as people paste them. */
export function traceIdIn(text: string): string | null {
  const [, id = ''] = /^(?:00-)?([0-9a-f]{32})(?:[-/;].*)?$/i.exec(text.trim()) ?? [];
  return parseTraceId(id);
}
