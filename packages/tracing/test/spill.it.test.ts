import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { TracingService } from '../src/index.ts';
import { decodeSpans } from './decode-otlp.ts';

it('what a killed process had spilled goes out with the next start, each span once, in order', async () => {
  const spillDir = mkdtempSync(join(tmpdir(), 'spill-'));
  const child = fork(join(import.meta.dirname, 'programs/spilling.ts'), [spillDir]);
  await once(child, 'message');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const names: string[] = [];
  const collector = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    names.push(...decodeSpans(Buffer.concat(chunks)).map(({ name }) => name));
    response.end();
  });
  await once(collector.listen(0, '127.0.0.1'), 'listening');
  const { port } = collector.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  const tracing = new TracingService({ endpoint, spillDir, maxInFlight: 1, flushOnExit: false }, {});
  await tracing.start();
  await tracing.stop();
  collector.close();
  expect(names).toEqual(Array.from({ length: 50 }, (_, i) => `span ${i}`));
  expect(readdirSync(spillDir)).toEqual([]);
  rmSync(spillDir, { recursive: true });
});
