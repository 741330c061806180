import type { Ingest } from '../../ingest/ingest.ts';
import { type RpcStatus, rpcStatusToJson, rpcStatusToProtobuf } from '../rpc-status.ts';

export const PROTOBUF = 'application/x-protobuf';
export const JSON_TYPE = 'application/json';

/** Turns a decompressed body into an answer. */
export type BodyHandler = (
  body: Uint8Array,
  context: { readonly ingest: Ingest; readonly projects: 'all' | readonly string[] },
) => Promise<HttpAnswer>;

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array | string;
  readonly retryAfterMs?: number | undefined;
}

/** A google.rpc.Status in the encoding of the request it answers. */
export function statusAnswer(status: RpcStatus, asJson: boolean): HttpAnswer {
  return {
    status: status.httpStatus,
    contentType: asJson ? JSON_TYPE : PROTOBUF,
    body: asJson ? rpcStatusToJson(status) : rpcStatusToProtobuf(status),
    retryAfterMs: status.retryAfterMs,
  };
}
