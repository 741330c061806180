import { RpcCode, type RpcStatus } from './rpc-status.ts';

/** A request that is answered with a status before any span of it is looked at. */
export class ReceiveError extends Error {
  override readonly name = 'ReceiveError';
  readonly status: RpcStatus;

  constructor(status: RpcStatus) {
    super(status.message);
    this.status = status;
  }
}

const HTTP_CODES: Readonly<Record<number, RpcCode>> = {
  400: RpcCode.invalidArgument,
  401: RpcCode.unauthenticated,
  403: RpcCode.permissionDenied,
  404: RpcCode.notFound,
  405: RpcCode.unimplemented,
  408: RpcCode.invalidArgument,
  413: RpcCode.resourceExhausted,
  415: RpcCode.invalidArgument,
  429: RpcCode.resourceExhausted,
  503: RpcCode.unavailable,
};

export function receiveError(httpStatus: number, message: string, retryAfterMs?: number): ReceiveError {
  const code = HTTP_CODES[httpStatus] ?? RpcCode.internal;
  return new ReceiveError({
    code,
    httpStatus,
    message,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
