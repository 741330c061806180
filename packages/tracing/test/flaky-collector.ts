// A collector in a process of its own: `node flaky-collector.ts PORT FILE`. Refuses every third request with
// 503 before it looks at it; else appends the ids of its spans to FILE and only then says yes.
import { appendFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

const [port = '0', file = ''] = process.argv.slice(2);
let requests = 0;

const server = http.createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    if (++requests % 3 === 0) {
      response.writeHead(503, { 'retry-after': '0' }).end();
      return;
    }
    appendFileSync(file, spanIds(Buffer.concat(chunks)));
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  });
});
server.listen(Number(port), '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
process.on('disconnect', () => process.exit(0));

/** Span ids of an `ExportTraceServiceRequest`, 8 bytes each. */
function spanIds(body: Buffer): Buffer {
  const ids: Buffer[] = [];
  for (const resourceSpans of fields(body, 1)) {
    for (const scopeSpans of fields(resourceSpans, 2)) {
      for (const span of fields(scopeSpans, 2)) ids.push(...fields(span, 2).slice(0, 1));
    }
  }
  return Buffer.concat(ids);
}

function fields(bytes: Buffer, wanted: number): Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const wire = tag & 7;
    if (wire === 0) varint();
    else {
      const length = wire === 2 ? varint() : wire === 1 ? 8 : 4;
      if (tag >>> 3 === wanted) found.push(bytes.subarray(at, at + length));
      at += length;
    }
  }
  return found;
}
