import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { logFailure } from '../http/caller-gone.ts';
import { ApiError, type ApiErrorCode, apiErrorStatus, invalidArgument } from './api-error.ts';
import { fromValidation } from './validation-error.ts';

const titles: Record<ApiErrorCode, string> = {
  INVALID_ARGUMENT: 'The request is not valid',
  UNAUTHENTICATED: 'Sign-in is needed',
  FORBIDDEN: 'Not allowed',
  NOT_FOUND: 'Not found',
  METHOD_NOT_ALLOWED: 'The address has no such method',
  BODY_TOO_LARGE: 'The body is too large',
  UNSUPPORTED_MEDIA_TYPE: 'The body has an unsupported type',
  TOO_MANY_REQUESTS: 'Too many requests',
  INTERNAL: 'Something went wrong on our side',
  NOT_SUPPORTED: 'Not supported',
  UPSTREAM_FAILED: 'Another service failed',
  UNAVAILABLE: 'Not available now',
  TIMEOUT: 'It took too long',
};

/** What to do where the error itself does not know better. */
const nextSteps: Partial<Record<ApiErrorCode, string>> = {
  UNAUTHENTICATED: 'Send "Authorization: Bearer TOKEN", or sign in at the start page.',
  BODY_TOO_LARGE: 'Send less at once, or have BODY_LIMIT_BYTES raised.',
  UNSUPPORTED_MEDIA_TYPE: 'Send JSON, and "content-type: application/json" with it.',
  TOO_MANY_REQUESTS: 'Wait as Retry-After says.',
  INTERNAL: 'The log of web-api has the reason, by the id in X-Correlation-ID.',
  UPSTREAM_FAILED: 'Look into the trace: X-Cloud-Trace-Context has its id.',
  UNAVAILABLE: 'Try again.',
};

/** Answers every error as `application/problem+json` (RFC 9457); what is ours to mend is logged, not told. */
export function installProblems(
  app: FastifyInstance,
  answerUnknown: (request: FastifyRequest, reply: FastifyReply) => boolean,
): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const known = toApiError(error);
    if (known.statusCode >= 500) logFailure(request, reply, error);
    return sendProblem(request, reply, known);
  });
  app.setNotFoundHandler((request, reply) => {
    if (answerUnknown(request, reply)) return reply;
    const message = `no route ${request.method} ${request.url.split('?')[0]}`;
    return sendProblem(
      request,
      reply,
      new ApiError('NOT_FOUND', message, { next_step: 'GET /docs lists the routes.' }),
    );
  });
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: ApiError): FastifyReply {
  return reply
    .code(error.statusCode)
    .headers({ ...error.headers })
    .type('application/problem+json')
    .send({
      type: `urn:utxoiq:problem:${error.code.toLowerCase().replaceAll('_', '-')}`,
      title: titles[error.code],
      status: error.statusCode,
      code: error.code,
      detail: error.message,
      instance: request.url.split('?')[0],
      next_step: nextSteps[error.code],
      ...error.details,
    });
}

/** StoreError, Fastify's own errors and everything else, as one of our codes. */
export function toApiError(error: Error & Partial<FastifyError>): ApiError {
  if (error instanceof ApiError) return error;
  if (error.validation !== undefined) return fromValidation(error as FastifyError);
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500)
    return new ApiError(codeOfStatus(status), error.message, {}, { cause: error });
  return (
    fromStoreError(error) ??
    new ApiError('INTERNAL', 'the request failed; the log has the reason', {}, { cause: error })
  );
}

function codeOfStatus(status: number): ApiErrorCode {
  const match = Object.entries(apiErrorStatus).find(([, value]) => value === status);
  return (match?.[0] ?? 'INVALID_ARGUMENT') as ApiErrorCode;
}

/** The store's codes that a caller can do something about; the rest stay INTERNAL. */
function fromStoreError(error: Error & { code?: string }): ApiError | null {
  if (error.name !== 'StoreError') return null;
  const options = { cause: error, headers: { 'retry-after': '2' } };
  switch (error.code) {
    case 'INVALID_PAGE_TOKEN':
      return invalidArgument(
        'page_token',
        undefined,
        'a token from the Link header of the page before, for the same query',
      );
    case 'UNREACHABLE':
      return new ApiError('UNAVAILABLE', 'the store does not answer; try again', {}, options);
    case 'QUERY_TIMEOUT':
      return new ApiError('TIMEOUT', 'the query reached its time limit', { next_step: narrower }, options);
    case 'QUERY_MEMORY':
      return new ApiError(
        'UNAVAILABLE',
        'the query reached its memory limit',
        { next_step: narrower },
        options,
      );
    default:
      return null;
  }
}

const narrower = 'Ask for a shorter range of time or fewer spans.';
