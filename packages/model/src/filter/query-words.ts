import type { NumberOp, TextField } from './filter.ts';

/** Operators of the query language. `:` is Cloud Trace's own: prefix, or exact after `+`. */
export type QueryOperator = ':' | '=' | '!=' | '~' | '!~' | '==' | NumberOp;

/** What a word before an operator stands for. */
export type QueryWord =
  | { readonly type: 'text'; readonly field: TextField; readonly rootOnly?: true }
  | { readonly type: 'choice'; readonly field: TextField; readonly choices: readonly string[] }
  | { readonly type: 'id'; readonly field: TextField; readonly digits: 16 | 32 }
  | { readonly type: 'duration'; readonly of: 'trace' | 'span' }
  | { readonly type: 'existence' }
  | { readonly type: 'attribute'; readonly key: string };

/**
 * The words that are no attribute keys before an operator, unless they are quoted. The first six are Cloud
 * Trace's own and mean there what they mean here.
 */
export const queryWords: ReadonlyMap<string, QueryWord> = new Map<string, QueryWord>([
  ['root', { type: 'text', field: 'name', rootOnly: true }],
  ['span', { type: 'text', field: 'name' }],
  ['latency', { type: 'duration', of: 'trace' }],
  ['label', { type: 'existence' }],
  ['method', { type: 'attribute', key: '/http/method' }],
  ['url', { type: 'attribute', key: '/http/url' }],
  ['name', { type: 'text', field: 'name' }],
  ['service', { type: 'text', field: 'service' }],
  ['scope', { type: 'text', field: 'scope-name' }],
  ['status', { type: 'choice', field: 'status', choices: ['unset', 'ok', 'error'] }],
  ['status_message', { type: 'text', field: 'status-message' }],
  [
    'kind',
    {
      type: 'choice',
      field: 'kind',
      choices: ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'],
    },
  ],
  ['duration', { type: 'duration', of: 'span' }],
  ['has', { type: 'existence' }],
  ['trace', { type: 'id', field: 'trace-id', digits: 32 }],
  ['span_id', { type: 'id', field: 'span-id', digits: 16 }],
]);

/** The operators that make sense after a word, for completion and for errors. */
export function operatorsOf(word: QueryWord): readonly QueryOperator[] {
  switch (word.type) {
    case 'text':
      return [':', '=', '!=', '~', '!~'];
    case 'choice':
    case 'id':
      return [':', '=', '!='];
    case 'duration':
      return ['>=', '>', '<', '<=', '=', '!=', ':'];
    case 'existence':
      return [':', '='];
    case 'attribute':
      return ['=', '!=', ':', '~', '!~', '>=', '>', '<', '<=', '=='];
  }
}

/** Whether a text may stand without quotes anywhere in a query or a Cloud Trace filter. */
export function isBareWord(text: string): boolean {
  return /^[a-zA-Z0-9./_][a-zA-Z0-9./_-]*$/.test(text);
}

/** A value as it can be put behind an operator: as it is if that is safe, else quoted and escaped. */
export function quoteQueryText(text: string): string {
  return isBareWord(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** An attribute key as it can be put before an operator; one that spells a word of the language is quoted. */
export function quoteQueryKey(key: string): string {
  const safe = isBareWord(key) && !queryWords.has(key) && !isConnective(key);
  return safe ? key : `"${key.replace(/["\\]/g, '\\$&')}"`;
}

export function isConnective(text: string): boolean {
  return text === 'AND' || text === 'OR' || text === 'NOT';
}
