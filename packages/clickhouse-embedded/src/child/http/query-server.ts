import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { EngineOptions } from '../../options.ts';
import type { Engine } from '../engine/engine.ts';
import type { QueryRunner } from '../query-runner.ts';
import { Access } from './access.ts';
import { ClickHouseError } from './clickhouse-error.ts';
import { parseQueryRequest } from './query-request.ts';
import { answerError, answerResult, answerText } from './reply.ts';
import { requestBody } from './request-body.ts';
import { readStatement } from './statement-source.ts';

export interface QueryServerParts {
  engine: Engine;
  runner: QueryRunner;
  options: EngineOptions;
}

/** ClickHouse's HTTP interface. It gets its connections by `emit('connection')` from the parent's port. */
export function createQueryServer(parts: QueryServerParts): Server {
  const access = new Access(parts.options.password);
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const gone = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished)
        gone.abort(new ClickHouseError(394, 'QUERY_WAS_CANCELLED', 'The client left'));
    });
    try {
      await route(parts, access, { request, response, signal: gone.signal });
    } catch (error) {
      answerError(response, error, parts.engine.version);
    }
  };
  // Keep-alive longer than a client's pool keeps its connections, so that it is the client who closes.
  const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0, headersTimeout: 30_000 });
  server.on('request', (request, response) => void handle(request, response));
  return server;
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  signal: AbortSignal;
}

async function route(parts: QueryServerParts, access: Access, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  const url = parseUrl(request.url ?? '/');
  if (request.method === 'GET' || request.method === 'HEAD') {
    if (url.pathname === '/ping' || url.pathname === '/replicas_status') return answerText(response, 'Ok.\n');
    if (url.pathname === '/' && !url.searchParams.has('query')) return answerText(response, 'Ok.\n');
  } else if (request.method !== 'POST') {
    return answerText(response, 'Use GET or POST.\n', 405);
  }
  if (url.pathname !== '/') {
    return answerText(
      response,
      `There is no handle ${url.pathname}. Use / or /ping for health checks.\n`,
      404,
    );
  }
  access.check(request, url);
  await runQuery(parts, exchange, url);
}

function parseUrl(target: string): URL {
  const url = URL.parse(`http://localhost${target}`);
  if (url === null) throw new ClickHouseError(36, 'BAD_ARGUMENTS', `Not a path: ${target}`);
  return url;
}

async function runQuery(
  { engine, runner, options }: QueryServerParts,
  exchange: Exchange,
  url: URL,
): Promise<void> {
  const { request, response, signal } = exchange;
  const query = parseQueryRequest(request, url);
  response.setHeader('X-ClickHouse-Query-Id', query.queryId);
  const body = requestBody(request, options.maxBodyBytes);
  const statement = await readStatement(query.urlQuery, body, engine.incomingDir);
  try {
    const result = await runner.run(query, statement, signal);
    await answerResult({ exchange: { request, response }, query, sql: statement.sql, result });
  } finally {
    await statement.dispose();
  }
}
