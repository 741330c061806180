import { spansFromZipkin } from '../../zipkin/zipkin-v2.ts';
import { receiveError } from '../receive-error.ts';
import { statusOfRefusal } from '../rpc-status.ts';
import { type BodyHandler, JSON_TYPE, statusAnswer } from './http-answer.ts';
import { parseJson } from './otlp-request.ts';

/** Zipkin's `POST /api/v2/spans`: 202 without a body; it has no partial success, so one bad span refuses all. */
export const zipkinRequest: BodyHandler = async (body, { ingest, projects }) => {
  const decoded = spansFromZipkin(parseJson(body));
  if (!decoded.ok) throw receiveError(400, decoded.message);
  const result = await ingest.spans(decoded.spans, { projects, allOrNothing: true });
  if (result.status === 'refused') return statusAnswer(statusOfRefusal(result), true);
  return { status: 202, contentType: JSON_TYPE, body: '' };
};
