import type { QueryOperator } from './query-words.ts';

/** What is being typed at the cursor, and which part of the text a choice would replace. */
export type QueryCompletion =
  /** A key, a field, a name, or AND, OR, NOT. */
  | { readonly type: 'key'; readonly prefix: string; readonly from: number; readonly to: number }
  | {
      readonly type: 'operator';
      readonly key: string;
      readonly prefix: string;
      readonly from: number;
      readonly to: number;
    }
  | {
      readonly type: 'value';
      readonly key: string;
      /** Whether the key is quoted, so that it is an attribute's even if it spells a word. */
      readonly quotedKey: boolean;
      readonly operator: QueryOperator;
      readonly prefix: string;
      readonly from: number;
      readonly to: number;
    };

// One term of a query, also of an unfinished one: a quote may lack its end, an operator its second half.
const termPattern =
  /(?<marks>[+^-]*)(?<key>"(?:[^"\\]|\\.)*"?|[^\s(){}"=!<>~:]+)(?:(?<operator>:|\s*(?:==|!=|!~|<=|>=|=|~|<|>|!)\s*)(?<value>"(?:[^"\\]|\\.)*"?|[^\s"(){}]*))?/g;

/**
 * What a person is typing at `cursor` (a UTF-16 offset) in a query, finished or not. Never fails: where the
 * query makes no sense, a key is being typed.
 */
export function completeQuery(text: string, cursor: number): QueryCompletion {
  const at = Math.max(0, Math.min(cursor, text.length));
  for (const match of text.matchAll(termPattern)) {
    if (match.index > at) break;
    if (at <= match.index + match[0].length) return completionIn(match, text, at);
  }
  return { type: 'key', prefix: '', from: at, to: at };
}

function completionIn(match: RegExpExecArray, text: string, at: number): QueryCompletion {
  const { marks = '', key = '', operator = '', value = '' } = match.groups ?? {};
  const keyFrom = match.index + marks.length;
  const keyTo = keyFrom + key.length;
  if (at <= keyTo) return { type: 'key', ...typed(text, keyFrom, keyTo, at) };
  const sign = operator.trim();
  const signFrom = keyTo + operator.indexOf(sign);
  const signTo = signFrom + sign.length;
  if (at < signTo || sign === '!') {
    const prefix = text.slice(signFrom, Math.max(signFrom, at)).trim();
    return { type: 'operator', key: unquoted(key), prefix, from: signFrom, to: signTo };
  }
  const valueFrom = keyTo + operator.length;
  return {
    type: 'value',
    key: unquoted(key),
    quotedKey: key.startsWith('"'),
    operator: sign as QueryOperator,
    ...typed(text, valueFrom, valueFrom + value.length, at),
  };
}

/** The part of a word before the cursor, and the whole of it as what a choice replaces. */
function typed(text: string, from: number, to: number, at: number) {
  return { prefix: unquoted(text.slice(from, Math.max(from, at))), from, to };
}

function unquoted(text: string): string {
  if (!text.startsWith('"')) return text;
  const inside = /^"((?:[^"\\]|\\.)*)/.exec(text)?.[1] ?? '';
  return inside.replace(/\\(.)/g, '$1');
}
