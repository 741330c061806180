import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { decodeMessage, messageFromJson, parseJsonText } from '@utxoiq/model/cloud-trace';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MAX_BODY_BYTES } from './body-limit.ts';
import { bodyTooLarge, GoogleError, invalidArgument } from './google-error.ts';

const unzip = promisify(gunzip);
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Bodies come as bytes whatever their type is called: a wrong one must get Google's answer, not Fastify's. */
export function acceptAnyBody(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES }, (_request, body, done) => {
    done(null, body);
  });
}

type MessageType = Parameters<typeof decodeMessage>[0];

/** The body as a message: proto3 JSON, or protobuf where the content type says so; gzip is undone. */
export async function readBody<T extends MessageType>(
  request: FastifyRequest,
  type: T,
  path: string,
): Promise<ReturnType<typeof decodeMessage<T['fields']>>> {
  const bytes = await plainBytes(request);
  if (/^application\/(x-)?protobuf\b/.test(request.headers['content-type'] ?? '')) {
    return decodeMessage(type, bytes) as ReturnType<typeof decodeMessage<T['fields']>>;
  }
  const parsed = parseJsonText(textOf(bytes));
  if (!parsed.ok) throw invalidArgument([{ field: '', description: parsed.description }]);
  const read = messageFromJson(type, parsed.json, path);
  if (!read.ok) throw invalidArgument(read.violations);
  return read.value as ReturnType<typeof decodeMessage<T['fields']>>;
}

async function plainBytes(request: FastifyRequest): Promise<Uint8Array> {
  const body = request.body instanceof Uint8Array ? request.body : new Uint8Array(0);
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return body;
  if (encoding !== 'gzip')
    throw new GoogleError('INVALID_ARGUMENT', `Unsupported content encoding: ${encoding}`);
  try {
    return await unzip(body, { maxOutputLength: MAX_BODY_BYTES });
  } catch (cause) {
    if ((cause as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') throw bodyTooLarge();
    throw new GoogleError('INVALID_ARGUMENT', 'Invalid gzip content.', { cause });
  }
}

function textOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    const description = 'Invalid JSON payload received. The text is not UTF-8.';
    throw invalidArgument([{ field: '', description }]);
  }
}
