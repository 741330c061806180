import { Type } from '@fastify/type-provider-typebox';
import { ApiError } from '../errors/api-error.ts';
import { callerGone } from '../http/caller-gone.ts';
import type { RoutePlugin } from '../http/route-plugin.ts';
import { problemResponse } from './schemas.ts';

export interface InsightsDeps {
  readonly featureEngineUrl: string;
  readonly insightGeneratorUrl: string;
  /** Runs a named piece of work as a child span. */
  readonly traced: <A extends unknown[], R>(
    name: string,
    work: (...args: A) => Promise<R>,
  ) => (...args: A) => Promise<R>;
}

const targets = ['1', 'feature-engine', 'insight-generator'];
const trigger = (description: string) => Type.Optional(Type.String({ enum: targets, description }));
const upstreamTimeoutMs = 10_000;

/** The platform's own traced route: features of the mempool, then insights from them. */
export const insightsRoutes: RoutePlugin<InsightsDeps> = async (app, deps) => {
  const loadFeatures = deps.traced('load features', (search: string, signal: AbortSignal) =>
    askService('feature-engine', `${deps.featureEngineUrl}/features${search}`, { signal }),
  );
  const generate = deps.traced('generate insights', (search: string, body: object, signal: AbortSignal) =>
    askService('insight-generator', `${deps.insightGeneratorUrl}/insights${search}`, { body, signal }),
  );

  app.get(
    '/insights',
    {
      schema: {
        tags: ['insights'],
        security: [],
        summary: 'Insights about the mempool, made by feature-engine and insight-generator',
        querystring: Type.Object(
          {
            slow: trigger('Which service takes its slow path; 1: feature-engine'),
            fail: trigger('Which service fails; 1: insight-generator'),
            height: Type.Optional(
              Type.Integer({ minimum: 0, maximum: 10_000_000, description: 'Block height' }),
            ),
          },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({
            height: Type.Integer(),
            generated_at: Type.String(),
            insights: Type.Array(
              Type.Object({
                id: Type.String(),
                signal: Type.String(),
                headline: Type.String(),
                confidence: Type.Number(),
                evidence: Type.Record(Type.String(), Type.Number()),
              }),
            ),
          }),
          400: problemResponse('The request is not valid'),
          429: problemResponse('Too many requests'),
          502: problemResponse('A service behind does not answer, or not well'),
        },
      },
    },
    async (request, reply) => {
      const signal = callerGone(reply);
      const { height, slow, fail } = request.query;
      const triggers = {
        slow: slow === '1' ? 'feature-engine' : slow,
        fail: fail === '1' ? 'insight-generator' : fail,
      };
      const features = await loadFeatures(searchFor('feature-engine', triggers, { height }), signal);
      return generate(searchFor('insight-generator', triggers), features, signal);
    },
  );
};

/** The query for one service: `slow=1` and `fail=1` only where they are meant for it. */
function searchFor(
  service: string,
  triggers: Readonly<Record<'slow' | 'fail', string | undefined>>,
  more: Readonly<Record<string, number | undefined>> = {},
): string {
  const search = new URLSearchParams();
  for (const [name, target] of Object.entries(triggers)) if (target === service) search.set(name, '1');
  for (const [name, value] of Object.entries(more)) if (value !== undefined) search.set(name, String(value));
  return search.size === 0 ? '' : `?${search}`;
}

/** GET, or POST when there is a body; anything but a good answer is a problem that names the service. */
async function askService(name: string, url: string, { body, signal }: Question): Promise<object> {
  const init =
    body === undefined
      ? {}
      : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  let answer: { readonly response: Response; readonly text: string };
  try {
    const ends = AbortSignal.any([signal, AbortSignal.timeout(upstreamTimeoutMs)]);
    const response = await fetch(url, { ...init, redirect: 'manual', signal: ends });
    answer = { response, text: await response.text() };
  } catch (cause) {
    throw new ApiError('UPSTREAM_FAILED', `${name} does not answer`, {}, { cause });
  }
  const { response, text } = answer;
  if (!response.ok)
    throw new ApiError('UPSTREAM_FAILED', `${name} answered ${response.status}: ${reasonIn(text)}`);
  const json = jsonIn(text);
  if (typeof json === 'object' && json !== null) return json;
  throw new ApiError('UPSTREAM_FAILED', `${name} answered no JSON object: ${text.slice(0, 200)}`);
}

interface Question {
  readonly body?: object;
  /** The caller is still there. */
  readonly signal: AbortSignal;
}

/** Undefined: it is none. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // The caller says so.
  }
}

/** A service says what went wrong in `message`; of what is not JSON the beginning is the best there is. */
function reasonIn(text: string): string {
  const { message = text } = (jsonIn(text) ?? {}) as { readonly message?: unknown };
  return String(message).slice(0, 200);
}
