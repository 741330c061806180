import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StandInOptions {
  readonly projectId?: string;
  /** Read units a minute. */
  readonly units?: number;
  /** Other tokens than `good` that are taken: those a service account signs for itself differ each time. */
  readonly acceptsToken?: (token: string) => boolean;
}

interface StandInSpan {
  readonly spanId: string;
  readonly name: string;
  readonly startTime: string;
  readonly endTime: string;
  readonly [more: string]: unknown;
}

/**
 * Google on the wire, as far as reading goes: checks token, project, quota, parameters and limits, and answers
 * its errors word for word. Written against the API's documents, not against our server.
 */
export async function startGoogleStandIn({
  projectId = 'prod',
  units = 300,
  acceptsToken = () => false,
}: StandInOptions = {}) {
  const traces = new Map<string, StandInSpan[]>();
  const requests: { url: string; headers: IncomingMessage['headers'] }[] = [];
  const faults: ((response: ServerResponse) => void)[] = [];
  const state = { spent: 0, apiEnabled: true, mayRead: true, tokens: new Set(['good']) };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    requests.push({ url: url.href, headers: request.headers });
    const fault = faults.shift();
    if (fault !== undefined) {
      fault(response);
      return;
    }
    const refused = check(request, url);
    if (refused !== null) send(response, refused.code, refusal(refused));
    else answer(url, response);
  });

  function check({ headers }: IncomingMessage, url: URL): Refusal | null {
    if (headers.authorization === undefined) {
      const message = "Method doesn't allow unregistered callers (callers without established identity).";
      return { code: 403, status: 'PERMISSION_DENIED', message };
    }
    const token = headers.authorization.replace(/^Bearer /, '');
    if (!state.tokens.has(token) && !acceptsToken(token)) {
      return {
        code: 401,
        status: 'UNAUTHENTICATED',
        message: 'Request had invalid authentication credentials.',
      };
    }
    if (!state.apiEnabled) {
      const message = `Cloud Trace API has not been used in project 42 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/cloudtrace.googleapis.com/overview?project=42 then retry.`;
      return { code: 403, status: 'PERMISSION_DENIED', message, reason: 'SERVICE_DISABLED' };
    }
    if (!state.mayRead || !url.pathname.startsWith(`/v1/projects/${projectId}/traces`)) {
      return { code: 403, status: 'PERMISSION_DENIED', message: 'The caller does not have permission' };
    }
    state.spent += url.pathname.endsWith('/traces') ? 25 : 1;
    if (state.spent <= units) return null;
    const message = `Quota exceeded for quota metric 'Read requests (free)' and limit 'Read requests (free) per minute' of service 'cloudtrace.googleapis.com' for consumer 'project_number:42'.`;
    return { code: 429, status: 'RESOURCE_EXHAUSTED', message };
  }

  function answer(url: URL, response: ServerResponse): void {
    const [, id] = /\/traces\/([^/]+)$/.exec(url.pathname) ?? [];
    if (id !== undefined) {
      const spans = traces.get(id);
      if (spans === undefined)
        send(
          response,
          404,
          refusal({ code: 404, status: 'NOT_FOUND', message: 'Requested entity was not found.' }),
        );
      else send(response, 200, { projectId, traceId: id, spans: spans.slice(0, 10_000), futureField: 1 });
      return;
    }
    const parameter = (name: string) => url.searchParams.get(name) ?? '';
    if (Number.isNaN(Date.parse(parameter('startTime'))) || Number.isNaN(Date.parse(parameter('endTime')))) {
      send(
        response,
        400,
        refusal({ code: 400, status: 'INVALID_ARGUMENT', message: "Invalid value at 'start_time'" }),
      );
      return;
    }
    if (parameter('filter').includes(' OR ')) {
      send(response, 400, refusal({ code: 400, status: 'INVALID_ARGUMENT', message: 'Invalid filter.' }));
      return;
    }
    const complete = parameter('view') === 'COMPLETE';
    const most = Math.min(Number(parameter('pageSize')) || 50, complete ? 100 : 1000);
    const from = Number(parameter('pageToken') || 0);
    const page = [...traces].slice(from, from + most).map(([traceId, spans]) => ({
      projectId,
      traceId,
      spans: complete ? spans : spans.filter((span) => span.parentSpanId === undefined),
    }));
    const next = from + most;
    send(response, 200, { traces: page, ...(next < traces.size ? { nextPageToken: String(next) } : {}) });
  }

  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    traces,
    requests,
    /** Answers of the next requests. */
    faults,
    state,
    async stop() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
    },
  };
}

interface Refusal {
  readonly code: number;
  readonly status: string;
  readonly message: string;
  readonly reason?: string;
}

export function refusal({ code, status, message, reason }: Refusal): object {
  const info = { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'googleapis.com' };
  return { error: { code, message, status, ...(reason === undefined ? {} : { details: [info] }) } };
}

export function send(response: ServerResponse, status: number, json: object, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(json));
}
