import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { TracingService } from '../src/index.ts';
import { MemoryTransport } from './memory-transport.ts';

it('leaves background requests untraced where client spans need a parent', async () => {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.traceparent as string | undefined);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const transport = new MemoryTransport();
  const tracing = new TracingService({ serviceName: 's', transport, clientSpansNeedParent: true });
  await tracing.start();
  try {
    await (await fetch(url)).text();
    await tracing.traceRequest('work')(async () => await (await fetch(url)).text())();
  } finally {
    await tracing.stop();
    server.close();
  }
  expect(seen[0]).toBeUndefined();
  expect(seen[1]).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[13]$/);
});
