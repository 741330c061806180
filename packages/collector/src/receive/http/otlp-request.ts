import { decodeOtlpJson, parseJsonExact } from '@utxoiq/model';
import type { IngestResult } from '../../ingest/ingest-result.ts';
import { receiveError } from '../receive-error.ts';
import { exportResponseToJson, exportResponseToProtobuf, statusOfRefusal } from '../rpc-status.ts';
import { type BodyHandler, type HttpAnswer, JSON_TYPE, PROTOBUF, statusAnswer } from './http-answer.ts';

export const otlpProtobufRequest: BodyHandler = async (body, { ingest, projects }) => {
  const result = await ingest.otlp(body, { projects });
  if (result.status === 'refused') return statusAnswer(statusOfRefusal(result), false);
  return { status: 200, contentType: PROTOBUF, body: exportResponseToProtobuf(result) };
};

export const otlpJsonRequest: BodyHandler = async (body, { ingest, projects }) => {
  const decoded = decodeOtlpJson(parseJson(body));
  if (!decoded.ok) throw receiveError(400, `${decoded.error.path}: ${decoded.error.message}`);
  const result = await ingest.spans(decoded.spans, { projects });
  const [first] = decoded.rejected;
  if (result.status === 'refused' || first === undefined) return jsonAnswer(result);
  ingest.stats.rejectedSpans += decoded.rejected.length;
  const rejected = result.rejected + decoded.rejected.length;
  return jsonAnswer({ ...result, rejected, firstReason: `${first.path}: ${first.reason}` });
};

export function jsonAnswer(result: IngestResult): HttpAnswer {
  if (result.status === 'refused') return statusAnswer(statusOfRefusal(result), true);
  return { status: 200, contentType: JSON_TYPE, body: exportResponseToJson(result) };
}

/** @throws {ReceiveError} 400 */
export function parseJson(body: Uint8Array): unknown {
  try {
    return parseJsonExact(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    throw receiveError(
      400,
      `the body is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
