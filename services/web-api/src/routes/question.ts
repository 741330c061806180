import { type TProperties, type TSchema, Type } from '@fastify/type-provider-typebox';
import { requireRole } from '../auth/request-auth.ts';
import { rangeParameters } from '../http/range-query.ts';
import type { RouteDeps } from './route-deps.ts';
import { problemResponses } from './schemas.ts';

/** Makes the options of routes that answer a viewer's question over a range of time. */
export function questions({ auth }: RouteDeps) {
  const onRequest = requireRole(auth, 'viewer');
  return <P extends TProperties, A extends TSchema>(summary: string, parameters: P, answer: A) => ({
    onRequest,
    schema: {
      tags: ['analysis'],
      summary,
      querystring: Type.Object({ ...rangeParameters, ...parameters }, { additionalProperties: false }),
      response: { 200: answer, ...problemResponses },
    },
  });
}
