import { parseJsonExact } from '../../otlp/json-text.ts';
import { jsonErrorPosition } from './json-error-position.ts';

export type JsonTextResult =
  | { readonly ok: true; readonly json: unknown }
  | { readonly ok: false; readonly description: string };

/** JSON text, with integers beyond 2^53 exact (as bigint), or what Google's servers say of it. */
export function parseJsonText(text: string): JsonTextResult {
  try {
    return { ok: true, json: parseJsonExact(text) };
  } catch {
    return { ok: false, description: parseErrorText(text) };
  }
}

function parseErrorText(text: string): string {
  const prefix = 'Invalid JSON payload received.';
  if (text.trim() === '') return `${prefix} Unexpected end of string. Expected a value.\n\n^`;
  const position = jsonErrorPosition(text);
  const what = position >= text.length ? 'Unexpected end of string.' : 'Unexpected token.';
  const start = Math.max(text.lastIndexOf('\n', position - 1) + 1, position - 40);
  const line = text.slice(start, start + 80).split('\n')[0] ?? '';
  return `${prefix} ${what}\n${line}\n${' '.repeat(position - start)}^`;
}
