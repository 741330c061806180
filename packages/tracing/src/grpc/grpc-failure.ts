import { fieldsOf } from '../export/otlp-response.ts';
import type { SendResult } from '../export/send-result.ts';
import type { GrpcStatus } from './grpc-types.ts';
import { statusName } from './rpc-attributes.ts';

/** CANCELLED, DEADLINE_EXCEEDED, ABORTED, OUT_OF_RANGE, UNAVAILABLE, DATA_LOSS (OTLP specification, "Failures"). */
const RETRYABLE: ReadonlySet<number> = new Set([1, 4, 10, 11, 14, 15]);
/** Only where the server says when to come back. */
const RESOURCE_EXHAUSTED = 8;
const DETAILS = 'grpc-status-details-bin';
const RETRY_INFO = 'google.rpc.RetryInfo';

/** What a failed export means for its batch. */
export function resultOfFailure(failure: GrpcStatus): SendResult {
  const reason = `${statusName(failure.code)}: ${failure.details ?? ''}`;
  const afterMs = retryDelayMs(failure.metadata?.get(DETAILS)[0]);
  if (RETRYABLE.has(failure.code) || (failure.code === RESOURCE_EXHAUSTED && afterMs !== null)) {
    return { status: 'retry', afterMs, reason };
  }
  return { status: 'refused', reason };
}

/** `google.rpc.Status.details` = 3, of `Any` { type_url = 1, value = 2 }; `RetryInfo.retry_delay` = 1. */
export function retryDelayMs(details: unknown): number | null {
  if (!Buffer.isBuffer(details)) return null;
  for (const any of messages(details, 3)) {
    const [type] = messages(any, 1);
    if (type === undefined || !type.toString('utf8').endsWith(RETRY_INFO)) continue;
    const [value] = messages(any, 2);
    const [delay] = value === undefined ? [] : messages(value, 1);
    if (delay !== undefined) return durationMs(delay);
  }
  return null;
}

/** `google.protobuf.Duration` { seconds = 1, nanos = 2 }. */
function durationMs(duration: Buffer): number {
  let ms = 0;
  for (const { number, value } of fieldsOf(duration)) {
    if (number === 1) ms += value * 1000;
    if (number === 2) ms += value / 1e6;
  }
  return Math.ceil(ms);
}

function messages(message: Buffer, number: number): Buffer[] {
  return [...fieldsOf(message)].flatMap((field) =>
    field.number === number && field.bytes !== null ? [field.bytes] : [],
  );
}
