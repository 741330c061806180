import { decodeOtlpJson, type Span } from '@utxoiq/model';
import type { LintProfile } from './limits.ts';
import { lintSpan, type SpanLintProblem } from './lint-span.ts';

export interface LintedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly name: string;
  readonly problems: readonly SpanLintProblem[];
}

export type LintResult =
  | { readonly ok: true; readonly spanCount: number; readonly spans: readonly LintedSpan[] }
  | { readonly ok: false; readonly message: string };

/** Lints OTLP/JSON: one request, or one a line as file exporters write them. Only spans with problems come back. */
export function lintText(text: string, profile: LintProfile): LintResult {
  const spans: Span[] = [];
  for (const [where, part] of parts(text)) {
    const decoded = decode(part);
    if (typeof decoded === 'string') return { ok: false, message: `${where}: ${decoded}` };
    spans.push(...decoded);
  }
  const linted = spans.map((span) => {
    const { traceId, spanId, name } = span;
    return { traceId, spanId, name, problems: lintSpan(span, profile) };
  });
  return { ok: true, spanCount: spans.length, spans: linted.filter(({ problems }) => problems.length > 0) };
}

export function printLint({ spans, spanCount }: Extract<LintResult, { ok: true }>): string {
  const lines = spans.flatMap(({ name, traceId, spanId, problems }) => [
    `!!  ${name.slice(0, 100)} (${traceId}/${spanId})`,
    ...problems.map(({ message }) => `    ${message}`),
  ]);
  return [...lines, `${spans.length} of ${spanCount} spans would be cut`].join('\n');
}

function parts(text: string): [where: string, part: string][] {
  if (isJson(text)) return [['the file', text]];
  return text
    .split('\n')
    .map((line, i): [string, string] => [`line ${i + 1}`, line.trim()])
    .filter(([, line]) => line !== '');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // Lines, or no JSON at all: the lines will tell.
  }
}

function decode(text: string): readonly Span[] | string {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const result = decodeOtlpJson(json);
  return result.ok ? result.spans : `no OTLP/JSON: ${result.error.path} ${result.error.message}`;
}
