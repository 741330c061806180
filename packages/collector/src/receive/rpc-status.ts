import { unreachable } from '@utxoiq/model';
import type { IngestResult, Refusal } from '../ingest/ingest-result.ts';

/** google/rpc/code.proto, as far as it is used here. */
export const RpcCode = {
  invalidArgument: 3,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;
export type RpcCode = (typeof RpcCode)[keyof typeof RpcCode];

/** google.rpc.Status, with RetryInfo among its details if there is a time to wait. */
export interface RpcStatus {
  readonly code: RpcCode;
  readonly httpStatus: number;
  readonly message: string;
  readonly retryAfterMs?: number;
}

/**
 * What OTLP asks for: 429 and 503 with Retry-After are sent again, 400 and 413 never; over gRPC UNAVAILABLE
 * is sent again, and RESOURCE_EXHAUSTED only with RetryInfo (opentelemetry.io/docs/specs/otlp, "Failures").
 */
export function statusOfRefusal(refused: Refusal): RpcStatus {
  const { message, retryAfterMs } = refused;
  const retry = retryAfterMs === undefined ? {} : { retryAfterMs };
  switch (refused.code) {
    case 'MALFORMED':
      return { code: RpcCode.invalidArgument, httpStatus: 400, message };
    case 'TOO_LARGE':
      return { code: RpcCode.resourceExhausted, httpStatus: 413, message };
    case 'FORBIDDEN':
      return { code: RpcCode.permissionDenied, httpStatus: 403, message };
    case 'LOG_FULL':
    case 'BUSY':
      return { code: RpcCode.resourceExhausted, httpStatus: 429, message, ...retry };
    case 'LOG_FAILING':
    case 'STOPPING':
      return { code: RpcCode.unavailable, httpStatus: 503, message, ...retry };
    default:
      return unreachable(refused.code);
  }
}

const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo';

export function rpcStatusToJson({ code, message, retryAfterMs }: RpcStatus): string {
  const retryDelay = `${(retryAfterMs ?? 0) / 1000}s`;
  const details = retryAfterMs === undefined ? {} : { details: [{ '@type': RETRY_INFO, retryDelay }] };
  return JSON.stringify({ code, message, ...details });
}

export function rpcStatusToProtobuf({ code, message, retryAfterMs }: RpcStatus): Buffer {
  const parts = [varintField(1, code), bytesField(2, Buffer.from(message))];
  if (retryAfterMs !== undefined) {
    const seconds = Math.floor(retryAfterMs / 1000);
    const nanos = (retryAfterMs % 1000) * 1_000_000;
    const duration = Buffer.concat([varintField(1, seconds), varintField(2, nanos)]);
    const retryInfo = bytesField(1, duration);
    parts.push(
      bytesField(3, Buffer.concat([bytesField(1, Buffer.from(RETRY_INFO)), bytesField(2, retryInfo)])),
    );
  }
  return Buffer.concat(parts);
}

/** ExportTraceServiceResponse; empty if every span was accepted, as OTLP asks for. */
export function exportResponseToProtobuf(result: Extract<IngestResult, { status: 'accepted' }>): Buffer {
  if (result.rejected === 0) return Buffer.alloc(0);
  const message = Buffer.from(result.firstReason ?? '');
  return bytesField(1, Buffer.concat([varintField(1, result.rejected), bytesField(2, message)]));
}

/** The same in JSON, where int64 is a string. */
export function exportResponseToJson(result: Extract<IngestResult, { status: 'accepted' }>): string {
  if (result.rejected === 0) return '{}';
  const errorMessage = result.firstReason ?? '';
  return JSON.stringify({ partialSuccess: { rejectedSpans: String(result.rejected), errorMessage } });
}

function varintField(field: number, value: number): Buffer {
  return value === 0 ? Buffer.alloc(0) : Buffer.from([field << 3, ...varint(value)]);
}

function bytesField(field: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(field << 3) | 2, ...varint(value.length)]), value]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return bytes;
}
