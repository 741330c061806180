import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, vi } from 'vitest';

/** As a program has two copies that loads the package as an ES module and by `require`. */
const { recordSpans } = await import('../src/testing.ts');
vi.resetModules();
const other = await import('../src/testing.ts');

it('two copies of the package, each instrumenting all: one span a request, in one trace', async () => {
  expect(other.recordSpans).not.toBe(recordSpans);
  const first = recordSpans();
  const second = other.recordSpans({ onProblem() {} });
  for (const { tracing } of [first, second]) {
    await tracing.start();
    tracing.instrumentHttp();
    tracing.instrumentHttp();
  }
  const server = http.createServer((_request, response) => {
    second.tracing.traceRequest('work')(() => {})();
    response.end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await (await fetch(url)).text();
  const [response] = await once(http.get(url), 'response');
  await response.resume().toArray();
  await expect.poll(() => first.tracing.metrics().openSpans).toBe(0);
  const kinds = first.spans.all.map(({ kind }) => kind).toSorted();
  expect(kinds).toEqual(['client', 'client', 'server', 'server']);
  expect(second.spans.all.map(({ name }) => name)).toEqual(['work', 'work']);
  const servers = first.spans.all.filter(({ kind }) => kind === 'server');
  const parents = second.spans.all.map(({ parentSpanId }) => parentSpanId);
  expect(parents.toSorted()).toEqual(servers.map(({ spanId }) => spanId).toSorted());
  server.closeAllConnections();
  server.close();
  await first.tracing.stop();
  await second.tracing.stop();
});
