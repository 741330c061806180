import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { type DecodedSpan, decodeSpans } from './decode-otlp.ts';

/** An OTLP/HTTP receiver on a port of its own, with a decoder that shares nothing with src/. */
export interface OtlpReceiver {
  readonly url: string;
  /** What has arrived, in that order. */
  readonly spans: DecodedSpan[];
  close(): void;
}

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: DecodedSpan[] = [];
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    spans.push(...decodeSpans(Buffer.concat(chunks)));
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const KINDS = ['', 'internal', 'server', 'client', 'producer', 'consumer'];

/** Spans as an indented tree of names and kinds, siblings by name. */
export function treeOf(spans: readonly DecodedSpan[]): string {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const childrenOf = (parent: string | undefined, depth: number): string[] =>
    spans
      .filter(({ parentSpanId = '' }) =>
        parent === undefined ? !ids.has(String(parentSpanId)) : parentSpanId === parent,
      )
      .map(({ name, kind, spanId }) => ({ line: `${name} (${KINDS[Number(kind)]})`, id: String(spanId) }))
      .toSorted((a, b) => a.line.localeCompare(b.line))
      .flatMap(({ line, id }) => [`${'  '.repeat(depth)}${line}`, ...childrenOf(id, depth + 1)]);
  return childrenOf(undefined, 0).join('\n');
}
