import { ApiError } from '../errors/api-error.ts';

const message = 'the token issuer does not answer; try again';

/** Nothing is known of a token then: whoever sends it is to keep it, and to try again. */
export const issuerAway = (cause: unknown): ApiError =>
  new ApiError('UNAVAILABLE', message, {}, { cause, headers: { 'retry-after': '5' } });

export const isIssuerAway = (error: unknown): error is ApiError =>
  error instanceof ApiError && error.code === 'UNAVAILABLE';
