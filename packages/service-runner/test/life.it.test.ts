import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterEach, expect, it } from 'vitest';

const program = `
import { runService } from '@utxoiq/service-runner';
await runService({
  name: 'sums',
  port: ['SUMS_PORT', 9999],
  routes: (app) => app.get('/sum', async () => ({ sum: 3 })),
});`;

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function run(environment: Record<string, string>) {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: import.meta.dirname,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  return child;
}

it('serves until SIGTERM, however often it comes, and sends its last spans before it ends with 0', async () => {
  const exported: Promise<unknown>[] = [];
  const collector = createServer((request, response) => {
    exported.push(request.toArray());
    request.on('end', () => response.end());
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const { port } = collector.address() as AddressInfo;
  const child = run({ SUMS_PORT: '0', OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { severity, message } = JSON.parse(line);
  expect([severity, message]).toEqual(['INFO', expect.stringMatching(/^sums listens on http:/)]);
  const url = message.split(' ').at(-1);
  expect(await (await fetch(`${url}/sum`)).json()).toEqual({ sum: 3 });
  child.kill('SIGTERM');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  const bodies = (await Promise.all(exported)).flat() as Buffer[];
  expect(Buffer.concat(bodies).includes('GET /sum')).toBe(true);
  collector.close();
});

it.each([
  [{ SUMS_PORT: 'http' }, /^SUMS_PORT: expected a whole number from 0 to 65535, got "http"\n$/],
  [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL: expected one of trace, .*, got "loud"\n$/],
  [{ SERVICE_HOST: '203.0.113.1' }, /^listen E\w+: .*203\.0\.113\.1.*\n$/],
])('says in one line why it cannot start: %o', async (environment, line) => {
  const child = run({ SUMS_PORT: '0', ...environment });
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect(said).toMatch(line);
  expect(code).toBe(1);
});
