import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { messagePage } from './message-page.ts';

const yearS = 31_536_000;
/** Paths that belong to programs: an unknown one among them is an error, not a page of the viewer. */
const programPaths =
  /^\/+(?:api|v1|v2|docs|openapi\.json|healthz|readyz|metrics|sign-in|mcp|assets)(?:[/?]|$)/i;

/** Serves the built viewer: files named by their content for ever, the page itself always checked. */
export async function serveViewer(app: FastifyInstance, dir: string): Promise<void> {
  if (!existsSync(join(dir, 'index.html'))) return;
  await app.register(fastifyStatic, {
    root: dir,
    index: false,
    wildcard: false,
    preCompressed: true,
    setHeaders: (reply, path) => {
      const immutable = path.includes('/assets/');
      reply.header('cache-control', immutable ? `public, max-age=${yearS}, immutable` : 'no-cache');
    },
  });
}

/** The page for every address that the viewer's own router understands; false when it is not for it. */
export function sendViewerPage(request: FastifyRequest, reply: FastifyReply, dir: string): boolean {
  const isPage = request.method === 'GET' || request.method === 'HEAD';
  const wantsHtml = /text\/html|\*\/\*/.test(request.headers.accept ?? '*/*');
  if (!isPage || !wantsHtml || programPaths.test(request.url)) return false;
  if (typeof reply.sendFile === 'function' && existsSync(join(dir, 'index.html'))) {
    reply.sendFile('index.html');
    return true;
  }
  reply.code(503).type('text/html; charset=utf-8');
  reply.send(messagePage('The viewer is not built', 'npm start builds it. The API is at /docs.'));
  return true;
}
