import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { TracingService } from '../src/index.ts';

/** Child processes, on a machine that may be busy. */
const SLOW = { timeout: 120_000 };

import { startOtlpReceiver } from './otlp-receiver.ts';

const programs = join(import.meta.dirname, 'programs');
const root = mkdtempSync(join(tmpdir(), 'host-errors-'));
const receiver = await startOtlpReceiver();
afterAll(() => {
  receiver.close();
  rmSync(root, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...args: readonly string[]): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const env = { ...process.env, NODE_OPTIONS: '', COLLECTOR: receiver.url };
  const child = execFile(
    process.execPath,
    args,
    { cwd: programs, env, timeout: 100_000 },
    (_e, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
  );
  return promise;
}

describe('code of the host that throws inside of tracing', SLOW, () => {
  it('never reaches the program, not as an unhandled rejection either', async () => {
    const { code, stdout, stderr } = await run('--unhandled-rejections=strict', 'hostile.ts');
    expect(stderr).toBe('');
    expect(stdout).toBe('done\n');
    expect(code).toBe(0);
  });
});

describe('errors of the program that nobody catches', SLOW, () => {
  it.each([
    ['uncaught', 1, /Error: nobody catches this/],
    ['rejection', 1, /Error: nobody catches this/],
    ['exit', 3, /^$/],
  ])(
    '%s: ends it as without tracing; its spans are on disk for the next start',
    async (way, status, text) => {
      const spillDir = join(root, way);
      const { code, stderr } = await run('crashing.ts', way, spillDir);
      expect(code).toBe(status);
      expect(stderr).toMatch(text);
      receiver.spans.length = 0;
      const next = new TracingService({ endpoint: receiver.url, spillDir, flushOnExit: false }, {});
      await next.start();
      await next.stop();
      expect(receiver.spans.map(({ name }) => name)).toContain('fatal');
    },
  );

  it("the program's own handler may stop() and go: they have arrived", async () => {
    receiver.spans.length = 0;
    const { code, stderr } = await run('crashing.ts', 'handled');
    expect(code).toBe(7);
    expect(stderr).toBe("the program's own: nobody catches this\n");
    expect(receiver.spans).toMatchObject([{ name: 'fatal', status: { code: 2 } }]);
  });
});
