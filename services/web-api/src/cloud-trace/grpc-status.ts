import {
  encodeMessage,
  int32,
  int64,
  message,
  messageType,
  RpcStatusType,
  repeated,
  string,
} from '@utxoiq/model/cloud-trace';
import { type GoogleError, RPC_CODES } from './google-error.ts';

// google/rpc/error_details.proto
const BadRequestType = messageType('google.rpc.BadRequest', {
  fieldViolations: repeated(
    message(
      1,
      messageType('google.rpc.BadRequest.FieldViolation', { field: string(1), description: string(2) }),
    ),
  ),
});
const RetryInfoType = messageType('google.rpc.RetryInfo', {
  retryDelay: message(1, messageType('google.protobuf.Duration', { seconds: int64(1), nanos: int32(2) })),
});

/** `google.rpc.Status` with its details, for the trailer `grpc-status-details-bin`. */
export function encodeStatus(error: GoogleError): Uint8Array {
  const details = [];
  if (error.violations.length > 0) {
    const bytes = encodeMessage(BadRequestType, {
      fieldViolations: error.violations.map((item) => ({ ...item })),
    });
    details.push({ typeUrl: `type.googleapis.com/${BadRequestType.fullName}`, bytes, json: null });
  }
  if (error.retryAfterMs !== null) {
    const retryDelay = {
      seconds: BigInt(Math.floor(error.retryAfterMs / 1000)),
      nanos: (error.retryAfterMs % 1000) * 1_000_000,
    };
    const bytes = encodeMessage(RetryInfoType, { retryDelay });
    details.push({ typeUrl: `type.googleapis.com/${RetryInfoType.fullName}`, bytes, json: null });
  }
  return encodeMessage(RpcStatusType, {
    code: RPC_CODES[error.code].number,
    message: error.message,
    details,
  });
}
