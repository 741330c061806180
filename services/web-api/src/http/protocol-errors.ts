import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { googleErrorJson, toGoogleError } from '../cloud-trace/google-error.ts';
import { sendProblem, toApiError } from '../errors/problem.ts';
import { setResponseIds } from './response-ids.ts';

const cloudTracePath = /^\/v[12]\//;

/** Addresses that no route is even asked about: `%zz`, an id of a thousand letters. No hook sees them. */
export function answerBadAddress(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  setResponseIds(request.headers, reply.raw);
  reply.header('x-content-type-options', 'nosniff');
  if (cloudTracePath.test(request.url)) {
    reply
      .code(400)
      .type('application/json; charset=UTF-8')
      .send(googleErrorJson(toGoogleError(error)));
  } else {
    sendProblem(request, reply, toApiError(error));
  }
}

/** What Node's parser refuses has no request and no response: there is only the socket. */
export function answerUnparsed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const [status, detail] = refusals[error.code ?? ''] ?? [400, 'this is not HTTP/1.1'];
  const problem = {
    type: 'about:blank',
    title: STATUS_CODES[status],
    status,
    code: 'INVALID_ARGUMENT',
    detail,
  };
  const body = JSON.stringify(problem);
  if (socket.writable) {
    socket.write(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/problem+json\r\n` +
        `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    );
  }
  socket.destroy(error);
}

const refusals: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'the request took too long to arrive'],
  HPE_HEADER_OVERFLOW: [431, 'the address and the headers are too large together'],
};
