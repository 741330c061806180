import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { memorySource } from '../../test/memory-source.ts';
import { appForThisTest } from '../../test/test-app.ts';

/** The API with one service behind it for both, which answers as told. */
async function appOver(answer: (response: ServerResponse) => void) {
  const server = createServer((_request, response) => answer(response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const environment = { FEATURE_ENGINE_URL: url, INSIGHT_GENERATOR_URL: url };
  return appForThisTest(memorySource([]), { environment });
}

it.each<[string, (response: ServerResponse) => void, string]>([
  ['fails', (response) => response.writeHead(500).end('{"message":"broken"}'), 'answered 500: broken'],
  ['answers a page', (response) => response.end('<html>'), 'answered no JSON object: <html>'],
  ['answers nothing', (response) => response.end(), 'answered no JSON object: '],
  ['answers null', (response) => response.end('null'), 'answered no JSON object: null'],
  ['sends elsewhere', (response) => response.writeHead(302, { location: '/' }).end(), 'answered 302: '],
  [
    'breaks off',
    (response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"height":', () => response.destroy());
    },
    'does not answer',
  ],
])('/api/v1/insights names the service that %s', async (_, answer, reason) => {
  const { app } = await appOver(answer);
  const response = await app.inject('/api/v1/insights');
  expect(response.json()).toMatchObject({
    status: 502,
    code: 'UPSTREAM_FAILED',
    detail: `feature-engine ${reason}`,
  });
});

it('/api/v1/insights asks no further when its caller goes away', async () => {
  const [asked, hungUp] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const { app } = await appOver((response) => {
    response.on('close', hungUp.resolve);
    asked.resolve();
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const caller = new AbortController();
  const gone = fetch(`${url}/api/v1/insights`, { signal: caller.signal });
  await asked.promise;
  caller.abort();
  await expect(gone).rejects.toThrow('abort');
  await hungUp.promise;
});
