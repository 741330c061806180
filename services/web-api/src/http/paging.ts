import type { PartialReason } from '@utxoiq/store';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** The next page as a `Link` header (RFC 8288): the same request with the token of the next page. */
export function nextPageLink(request: FastifyRequest, reply: FastifyReply, token: string | null): void {
  if (token === null) return;
  const [path, search] = request.url.split('?', 2);
  const parameters = new URLSearchParams(search ?? '');
  parameters.set('page_token', token);
  reply.header('link', `<${path}?${parameters}>; rel="next"`);
}

/** Says that a limit cut the answer short, and which. */
export function markPartial(reply: FastifyReply, partial: PartialReason): void {
  if (partial !== null) reply.header('x-partial', partial.reason);
}
