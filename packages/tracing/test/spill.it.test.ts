import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { TracingService } from '../src/index.ts';
import { startOtlpReceiver } from './otlp-receiver.ts';

it('what a killed process had spilled goes out with the next start, each span once, in order', async () => {
  const spillDir = mkdtempSync(join(tmpdir(), 'spill-'));
  const child = fork(join(import.meta.dirname, 'programs/spilling.ts'), [spillDir]);
  await once(child, 'message');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const { url: endpoint, spans, close } = await startOtlpReceiver();
  const tracing = new TracingService({ endpoint, spillDir, maxInFlight: 1, flushOnExit: false }, {});
  await tracing.start();
  await tracing.stop();
  close();
  expect(spans.map(({ name }) => name)).toEqual(Array.from({ length: 50 }, (_, i) => `span ${i}`));
  expect(readdirSync(spillDir)).toEqual([]);
  rmSync(spillDir, { recursive: true });
});
