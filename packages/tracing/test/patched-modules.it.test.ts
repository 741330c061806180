import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const PROGRAM = join(import.meta.dirname, 'programs/patched-early.cjs');

async function run(...args: string[]): Promise<{ tree: string; problems: string[] }> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, ...args], { timeout: 120_000 });
  return JSON.parse(stdout);
}

describe('instrumentations of OpenTelemetry, given as an option', () => {
  it('generic-pool and dataloader make their spans within ours', async () => {
    const { tree, problems } = await run();
    expect(problems).toEqual([]);
    const [root, ...children] = tree.split('\n').map((line) => line.trimEnd());
    expect(root).toBe('work (internal)');
    expect(children.filter((line) => line.startsWith('  ')).join('\n')).toMatch(/generic-pool\.acquire/);
    expect(tree).toMatch(/dataloader\.load/);
    expect(tree).toMatch(/dataloader\.batch/);
  });

  it('modules that were loaded before them are named', async () => {
    const { problems } = await run('early');
    expect(problems).toEqual([
      'LOADED_TOO_EARLY loaded before its instrumentation, so not traced: generic-pool, dataloader',
    ]);
  });
});
