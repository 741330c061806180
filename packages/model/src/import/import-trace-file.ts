import {
  decodeOtlpJson,
  type OtlpDecodeOptions,
  type OtlpDecodeResult,
  type RejectedSpan,
} from '../otlp/decode-json.ts';
import { isJsonObject } from '../otlp/json-reader.ts';
import { parseJsonExact } from '../otlp/json-text.ts';
import type { Span } from '../span.ts';
import { decodeApiJson } from './api-json.ts';
import { decodeCloudTraceJson } from './cloud-trace-json.ts';
import { decodeJaegerJson } from './jaeger-json.ts';
import { decodeZipkinJson } from './zipkin-json.ts';

/** What a file was found to be; `api-json` is this platform's own. */
export type TraceFileFormat = 'api-json' | 'otlp-json' | 'jaeger-json' | 'zipkin-json' | 'cloud-trace-json';

/** What `importTraceFile` made of a text. */
export type ImportResult =
  | {
      readonly ok: true;
      readonly format: TraceFileFormat;
      readonly spans: readonly Span[];
      /** Spans that were left out, with reasons. */
      readonly rejected: readonly RejectedSpan[];
    }
  /** A sentence for the person who dropped the file. */
  | { readonly ok: false; readonly message: string };

const known =
  'a trace of this API, OTLP JSON (also one request per line), Jaeger JSON, Zipkin v2 JSON or Cloud Trace v1 JSON';

/**
 * Spans out of a file's text, in whichever of the formats it is: OTLP/JSON (one request, a list of them, or
 * one per line, as the collector's file exporter writes), Jaeger's (an export of its UI or an answer of its
 * API), Zipkin's v2 list or list of lists, Cloud Trace v1's trace, traces or list, or a trace as this project's
 * own API answers it. Throws nothing.
 */
export function importTraceFile(text: string, options: OtlpDecodeOptions = {}): ImportResult {
  const content = text.replace(/^\uFEFF/, '').trim();
  if (content === '') return { ok: false, message: 'The file is empty.' };
  const parsed = parse(content);
  if (!parsed.ok) return parsed;
  const format = detect(parsed.json);
  if (format === null) return { ok: false, message: `The file holds JSON, but no trace: expected ${known}.` };
  const result = decoders[format](parsed.json, options);
  if (!result.ok) {
    const where = result.error.path === '' ? '' : ` at ${result.error.path}`;
    return {
      ok: false,
      message: `The file looks like ${labels[format]}, but${where}: ${result.error.message}.`,
    };
  }
  if (result.spans.length === 0) return { ok: false, message: nothingIn(format, result.rejected) };
  return { ok: true, format, spans: result.spans, rejected: result.rejected };
}

const labels: Readonly<Record<TraceFileFormat, string>> = {
  'api-json': 'a trace of this API',
  'otlp-json': 'OTLP JSON',
  'jaeger-json': 'Jaeger JSON',
  'zipkin-json': 'Zipkin JSON',
  'cloud-trace-json': 'Cloud Trace JSON',
};

const decoders: Readonly<
  Record<TraceFileFormat, (json: unknown, options: OtlpDecodeOptions) => OtlpDecodeResult>
> = {
  'api-json': decodeApiJson,
  'otlp-json': decodeOtlpRequests,
  'jaeger-json': decodeJaegerJson,
  'zipkin-json': decodeZipkinJson,
  'cloud-trace-json': decodeCloudTraceJson,
};

function nothingIn(format: TraceFileFormat, rejected: readonly RejectedSpan[]): string {
  const [first] = rejected;
  const why =
    first === undefined
      ? ''
      : ` ${rejected.length} were left out; the first, ${first.path}: ${first.reason}.`;
  return `The file is ${labels[format]} without a usable span.${why}`;
}

type Parsed =
  | { readonly ok: true; readonly json: unknown }
  | { readonly ok: false; readonly message: string };

/** One JSON value, or one per line as a list. */
function parse(content: string): Parsed {
  try {
    return { ok: true, json: parseJsonExact(content) };
  } catch (error) {
    const lines = content.split('\n').filter((line) => line.trim() !== '');
    return lines.length > 1 && isJson(lines[0] ?? '') ? parseLines(lines) : notJson(error, '');
  }
}

function parseLines(lines: readonly string[]): Parsed {
  const values: unknown[] = [];
  for (const [index, line] of lines.entries()) {
    try {
      values.push(parseJsonExact(line));
    } catch (error) {
      return notJson(error, ` in line ${index + 1}`);
    }
  }
  return { ok: true, json: values };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // The question was whether it parses.
  }
}

function notJson(error: unknown, where: string): Parsed {
  return {
    ok: false,
    message: `The file is no JSON${where}: ${error instanceof Error ? error.message : error}.`,
  };
}

function detect(json: unknown): TraceFileFormat | null {
  const sample = firstObject(json);
  if (sample === null) return null;
  if ('resourceSpans' in sample) return 'otlp-json';
  if ('trace_id' in sample && Array.isArray(sample.spans)) return 'api-json';
  if (Array.isArray(sample.traces)) return 'cloud-trace-json';
  if ('data' in sample) return firstObject(sample.data) !== null ? 'jaeger-json' : null;
  if ('traceID' in sample) return 'jaeger-json';
  if ('traceId' in sample && Array.isArray(sample.spans)) return 'cloud-trace-json';
  return 'traceId' in sample && 'id' in sample ? 'zipkin-json' : null;
}

/** The value itself, or the first object in it, through two levels of lists. */
function firstObject(json: unknown): Readonly<Record<string, unknown>> | null {
  const flat = Array.isArray(json) ? json.flat(1) : [json];
  return flat.find(isJsonObject) ?? null;
}

/** One request or a list of them. */
function decodeOtlpRequests(json: unknown, options: OtlpDecodeOptions): OtlpDecodeResult {
  if (!Array.isArray(json)) return decodeOtlpJson(json, options);
  const spans: Span[] = [];
  const rejected: RejectedSpan[] = [];
  for (const [index, request] of json.entries()) {
    const result = decodeOtlpJson(request, options);
    if (!result.ok) return { ok: false, error: { ...result.error, path: `[${index}].${result.error.path}` } };
    for (const span of result.spans) spans.push(span);
    for (const { path, reason } of result.rejected) rejected.push({ path: `[${index}].${path}`, reason });
  }
  return { ok: true, spans, rejected };
}
