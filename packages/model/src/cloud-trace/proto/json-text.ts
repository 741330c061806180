import { parseJsonExact } from '../../otlp/json-text.ts';

export type JsonTextResult =
  | { readonly ok: true; readonly json: unknown }
  | { readonly ok: false; readonly description: string };

/** JSON text, with integers beyond 2^53 exact (as bigint), or what Google's servers say of it. */
export function parseJsonText(text: string): JsonTextResult {
  try {
    return { ok: true, json: parseJsonExact(text) };
  } catch (cause) {
    return { ok: false, description: parseErrorText(text, cause) };
  }
}

function parseErrorText(text: string, cause: unknown): string {
  const prefix = 'Invalid JSON payload received.';
  if (text.trim() === '') return `${prefix} Unexpected end of string. Expected a value.\n\n^`;
  const found = /at position (\d+)/.exec(cause instanceof Error ? cause.message : '');
  const position = found === null ? text.length : Number(found[1]);
  const what = position >= text.length ? 'Unexpected end of string.' : 'Unexpected token.';
  const start = Math.max(text.lastIndexOf('\n', position - 1) + 1, position - 40);
  const line = text.slice(start, start + 80).split('\n')[0] ?? '';
  return `${prefix} ${what}\n${line}\n${' '.repeat(position - start)}^`;
}
