import type { JsonObject } from '@utxoiq/model/cloud-trace';
import {
  messageFromJson,
  messageToJson,
  V1ListTracesRequestType,
  V1ListTracesResponseType,
  V1TraceType,
} from '@utxoiq/model/cloud-trace';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { toApiError } from '../errors/problem.ts';
import { callerGone, logFailure } from '../http/caller-gone.ts';
import { bearerToken, type CloudTraceAccess } from './access.ts';
import type { Caller, CloudTraceService } from './cloud-trace-service.ts';
import { GoogleError, invalidArgument, RPC_CODES, toGoogleError } from './google-error.ts';
import { boundTraces } from './mcp-bounds.ts';
import { MCP_TOOLS } from './mcp-tools.ts';

/** Newest first; what a client asks for is answered with, if it is one of these. */
const PROTOCOL_VERSIONS = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'];
const MAX_BODY_BYTES = 64 * 1024;

const JsonRpc = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
} as const;

export interface McpDeps {
  readonly service: CloudTraceService;
  readonly access: CloudTraceAccess;
}

/**
 * The Model Context Protocol over streamable HTTP (modelcontextprotocol.io/specification, 2025-11-25), with the
 * two tools of Google's own server for Cloud Trace. Stateless: each POST is answered with JSON, there is no
 * session and no stream (405 for what would open or end one). Written here because it is one route; the protocol's SDK
 * brings 90 packages.
 */
export async function mcpRoutes(app: FastifyInstance, deps: McpDeps): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: MAX_BODY_BYTES }, (_request, body, done) => {
    done(null, body);
  });
  const schema = { tags: ['cloud-trace'], summary: 'Model Context Protocol: list_traces, get_trace' };
  app.post('/mcp', { schema }, (request, reply) => handlePost(request, reply, deps));
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const known = toApiError(error);
    if (known.statusCode >= 500) logFailure(request, reply, error);
    const code = known.statusCode >= 500 ? JsonRpc.internalError : JsonRpc.invalidRequest;
    return reply
      .code(known.statusCode)
      .headers({ ...known.headers })
      .send(failure(null, code, known.message));
  });
}

async function handlePost(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: McpDeps,
): Promise<FastifyReply> {
  const token = bearerToken(request.headers.authorization);
  const origin = request.headers.origin;
  // A page of another site must not reach a server on this machine (DNS rebinding; the specification's warning).
  if (origin !== undefined && !isOwnOrigin(origin, request.headers.host)) {
    return reply.code(403).send(failure(null, JsonRpc.invalidRequest, 'Forbidden: foreign origin'));
  }
  const version = request.headers['mcp-protocol-version'];
  if (typeof version === 'string' && !PROTOCOL_VERSIONS.includes(version)) {
    const known = PROTOCOL_VERSIONS.join(', ');
    const message = `Bad Request: Unsupported protocol version (supported versions: ${known})`;
    return reply.code(400).send(failure(null, JsonRpc.invalidRequest, message));
  }
  try {
    await deps.access.identify(token);
  } catch (cause) {
    const error = toGoogleError(cause);
    if (error.code === 'UNAUTHENTICATED') reply.header('www-authenticate', 'Bearer realm="utxoiq"');
    if (error.retryAfterMs !== null) reply.header('retry-after', String(error.retryAfterMs / 1000));
    return reply.code(RPC_CODES[error.code].http).send(failure(null, JsonRpc.invalidRequest, error.message));
  }
  const message = parseMessage(request.body);
  if (message === null) return reply.code(400).send(failure(null, JsonRpc.parseError, 'Parse error'));
  if (typeof message.method !== 'string') {
    const isAnswer = 'result' in message || 'error' in message;
    if (isAnswer) return reply.code(202).send();
    return reply.code(400).send(failure(idOf(message), JsonRpc.invalidRequest, 'Invalid Request'));
  }
  if (!('id' in message)) return reply.code(202).send();
  return reply.send(await dispatch(message, deps.service, { token, signal: callerGone(reply) }));
}

function isOwnOrigin(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host;
}

type Message = Readonly<Record<string, unknown>>;

/** One message; batches went with version 2025-06-18. */
function parseMessage(body: unknown): Message | null {
  try {
    const json: unknown = JSON.parse(typeof body === 'string' ? body : '');
    return isObject(json) && json.jsonrpc === '2.0' ? json : null;
  } catch {
    return null; // answered as -32700
  }
}

async function dispatch(message: Message, service: CloudTraceService, caller: Caller): Promise<object> {
  const id = idOf(message);
  const params = isObject(message.params) ? message.params : {};
  switch (message.method) {
    case 'initialize':
      return success(id, initialize(params));
    case 'ping':
      return success(id, {});
    case 'tools/list':
      return success(id, { tools: MCP_TOOLS });
    case 'tools/call': {
      const tool = TOOLS.get(String(params.name));
      if (tool === undefined) {
        return failure(id, JsonRpc.invalidParams, `Unknown tool: ${String(params.name).slice(0, 200)}`);
      }
      return success(
        id,
        await callTool(() => tool(isObject(params.arguments) ? params.arguments : {}, service, caller)),
      );
    }
    default:
      return failure(id, JsonRpc.methodNotFound, `Method not found: ${String(message.method).slice(0, 200)}`);
  }
}

function initialize(params: Message): object {
  const asked = PROTOCOL_VERSIONS.find((version) => version === params.protocolVersion);
  return {
    protocolVersion: asked ?? PROTOCOL_VERSIONS[0],
    capabilities: { tools: { listChanged: false } },
    serverInfo: { name: 'utxoiq-cloud-trace', version: '1.0.0' },
    instructions:
      'Reads distributed traces. list_traces finds traces with the Cloud Trace filter language; get_trace reads one whole.',
  };
}

type Tool = (args: Message, service: CloudTraceService, caller: Caller) => Promise<JsonObject>;

const TOOLS: ReadonlyMap<string, Tool> = new Map<string, Tool>([
  [
    'list_traces',
    async (args, service, caller) => {
      const read = messageFromJson(V1ListTracesRequestType, args);
      if (!read.ok) throw invalidArgument(read.violations);
      const request = { ...read.value, pageSize: read.value.pageSize > 0 ? read.value.pageSize : 50 };
      return messageToJson(V1ListTracesResponseType, await service.listTraces(request, caller));
    },
  ],
  [
    'get_trace',
    async (args, service, caller) => {
      const { projectId, traceId } = args;
      if (typeof projectId !== 'string' || typeof traceId !== 'string') {
        throw new GoogleError('INVALID_ARGUMENT', 'projectId and traceId are required.');
      }
      return messageToJson(V1TraceType, await service.getTrace(projectId, traceId, caller));
    },
  ],
]);

/** A tool that fails says so in its result, where the model can read it. */
async function callTool(call: () => Promise<JsonObject>): Promise<object> {
  try {
    const { json, note } = boundTraces(await call());
    const content = [{ type: 'text', text: JSON.stringify(json) }];
    if (note !== null) content.push({ type: 'text', text: note });
    return { content, structuredContent: json, isError: false };
  } catch (cause) {
    const error = toGoogleError(cause);
    return { content: [{ type: 'text', text: `${error.code}: ${error.message}` }], isError: true };
  }
}

function idOf(message: Message): string | number | null {
  return typeof message.id === 'string' || typeof message.id === 'number' ? message.id : null;
}

const success = (id: string | number | null, result: object) => ({ jsonrpc: '2.0', id, result });
const failure = (id: string | number | null, code: number, message: string) => ({
  jsonrpc: '2.0',
  id,
  error: { code, message },
});

function isObject(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
