import type { SendResult } from './send-result.ts';

/** HTTP statuses that OTLP tells clients to try again (OTLP specification, "Retryable Response Codes"). */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const REASON_LENGTH = 300;

export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly contentType: string;
  readonly body: Buffer;
}

/** What an OTLP/HTTP answer means for the batch. */
export function resultOfAnswer(answer: HttpAnswer): SendResult {
  const { status } = answer;
  if (status >= 200 && status < 300) return acceptedResult(answer);
  const reason = `HTTP ${status}${textOf(answer)}`;
  if (RETRYABLE.has(status)) return { status: 'retry', afterMs: retryAfterMs(answer.retryAfter), reason };
  return { status: 'refused', reason };
}

/** Seconds or an HTTP date (RFC 9110, 10.2.3); null without or with a broken one. */
export function retryAfterMs(header: string | undefined, now: number = Date.now()): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

function acceptedResult(answer: HttpAnswer): SendResult {
  if (answer.contentType.includes('html')) {
    return { status: 'refused', reason: `HTTP ${answer.status} with an HTML page${textOf(answer)}` };
  }
  const partial = answer.contentType.includes('protobuf') ? partialSuccess(answer.body) : null;
  return { status: 'ok', rejectedSpans: partial?.rejectedSpans ?? 0, message: partial?.message ?? '' };
}

function textOf({ body, contentType }: HttpAnswer): string {
  const text = contentType.includes('protobuf') ? statusMessage(body) : body.toString('utf8');
  const line = text.replace(/\s+/g, ' ').trim();
  return line === '' ? '' : `: ${line.slice(0, REASON_LENGTH)}`;
}

/** `ExportTraceServiceResponse.partial_success`: `rejected_spans` = 1, `error_message` = 2. */
export function partialSuccess(body: Buffer): { rejectedSpans: number; message: string } | null {
  for (const field of fieldsOf(body)) {
    if (field.number !== 1 || field.bytes === null) continue;
    let rejectedSpans = 0;
    let message = '';
    for (const inner of fieldsOf(field.bytes)) {
      if (inner.number === 1) rejectedSpans = inner.value;
      if (inner.number === 2 && inner.bytes !== null) message = inner.bytes.toString('utf8');
    }
    return { rejectedSpans, message };
  }
  return null;
}

/** `google.rpc.Status.message` = 2, the body of an OTLP error. */
function statusMessage(body: Buffer): string {
  for (const field of fieldsOf(body)) {
    if (field.number === 2 && field.bytes !== null) return field.bytes.toString('utf8');
  }
  return '';
}

interface Field {
  readonly number: number;
  readonly value: number;
  readonly bytes: Buffer | null;
}

/** Varint and length-delimited fields of a small message; stops quietly where it is malformed. */
export function* fieldsOf(bytes: Buffer): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; at < bytes.length; scale *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
    }
    return value;
  };
  while (at < bytes.length) {
    const tag = varint();
    const wire = tag & 7;
    if (wire === 0) yield { number: tag >>> 3, value: varint(), bytes: null };
    else if (wire === 2) {
      const length = varint();
      if (at + length > bytes.length) return;
      yield { number: tag >>> 3, value: 0, bytes: bytes.subarray(at, at + length) };
      at += length;
    } else return;
  }
}
