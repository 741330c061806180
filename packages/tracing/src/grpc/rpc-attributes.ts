import { SpanStatusCode } from '@opentelemetry/api';
import type { RecordingSpan } from '../tracer/span.ts';

/** `google.rpc.Code` by number. */
const STATUS_NAMES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

/** Codes that are the server's own fault (semantic conventions, gRPC, "rpc.response.status_code"). */
const SERVER_ERRORS: ReadonlySet<number> = new Set([2, 4, 12, 13, 14, 15]);

export function statusName(code: number): string {
  return STATUS_NAMES[code] ?? String(code);
}

/** `/pkg.Service/Method` as spans tell it. */
export interface RpcMethod {
  /** `pkg.Service/Method`: the span's name. */
  readonly name: string;
  readonly service: string;
}

const methods = new Map<string, RpcMethod>();
/** A server's methods are few; a client may ask for anything. */
const MAX_METHODS = 1000;

export function rpcMethod(path: string): RpcMethod {
  const known = methods.get(path);
  if (known !== undefined) return known;
  const name = path.startsWith('/') ? path.slice(1) : path;
  const method = { name, service: name.slice(0, Math.max(0, name.lastIndexOf('/'))) };
  if (methods.size < MAX_METHODS) methods.set(path, method);
  return method;
}

/**
 * The conventions' release candidate (`rpc.system.name`, the whole method), and beside it the older names that
 * tools still ask for where they do not collide.
 */
export function describeCall(span: RecordingSpan, { name, service }: RpcMethod): void {
  span.append('rpc.system.name', 'grpc');
  span.append('rpc.method', name);
  span.append('rpc.system', 'grpc');
  span.append('rpc.service', service);
}

/** `host:port`, `dns:///host:port`, `ipv4:1.2.3.4:5`, `[::1]:5`, `unix:/path`. */
export function describeAddress(
  span: RecordingSpan,
  target: string,
  prefix: 'server' | 'network.peer',
): void {
  const plain = target.replace(/^(?:dns|ipv4|ipv6|passthrough):(?:\/\/[^/]*\/)?/, '');
  const match = /^\[?(.+?)\]?(?::(\d{1,5}))?$/.exec(plain);
  if (match === null || plain.startsWith('unknown')) return;
  span.append(`${prefix}.address`, match[1]);
  if (match[2] !== undefined) span.append(`${prefix}.port`, Number(match[2]));
}

export function endCall(span: RecordingSpan, side: 'client' | 'server', code: number, details: string): void {
  if (span.ended) return;
  span.append('rpc.response.status_code', statusName(code));
  span.append('rpc.grpc.status_code', code);
  if (side === 'client' ? code !== 0 : SERVER_ERRORS.has(code)) {
    span.append('error.type', statusName(code));
    span.setStatus({ code: SpanStatusCode.ERROR, message: details });
  }
  span.end();
}
