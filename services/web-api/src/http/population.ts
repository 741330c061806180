import type { Filter } from '@utxoiq/model';
import type { TimeRangeQuery } from '@utxoiq/store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { projectsOf } from '../auth/request-auth.ts';
import { callerGone } from './caller-gone.ts';
import { type FilterQuery, parseFilter, parseRange, type RangeText } from './range-query.ts';

type Range = RangeText & { readonly project?: readonly string[] };

/** Whose spans, and when: what every question over a range of time asks. It ends when the caller goes away. */
export function rangeOf(
  request: FastifyRequest,
  reply: FastifyReply,
  asked: Range,
): TimeRangeQuery & { readonly signal: AbortSignal } {
  return { projects: projectsOf(request, asked.project), ...parseRange(asked), signal: callerGone(reply) };
}

/** The same, and of these the spans that the filter wants. */
export function populationOf(
  request: FastifyRequest,
  reply: FastifyReply,
  asked: Range & FilterQuery,
): TimeRangeQuery & { readonly filter: Filter | null } {
  return { ...rangeOf(request, reply, asked), filter: parseFilter(asked).filter };
}
