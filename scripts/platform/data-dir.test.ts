import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimDataDir } from './data-dir.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'utxoiq-claim-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const lockOf = (dataDir: string): string => join(dataDir, 'platform.lock');

describe('claimDataDir', () => {
  it('makes the directory, keeps others out, and leaves nothing behind when it is released', () => {
    const dataDir = join(root, 'deep', 'er');
    const claim = claimDataDir(dataDir);
    expect(() => claimDataDir(dataDir)).toThrow(
      `Another platform (process ${process.pid}) uses the data directory ${dataDir}. Stop it, or choose another`,
    );
    claim.release();
    expect(readdirSync(dataDir)).toEqual([]);
    claimDataDir(dataDir).release();
  });

  it('takes over from a process that is gone, one that never finished writing, and one whose number is used again', () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    for (const left of [`{"pid":${pid},"born":"1"}`, '{"pid":', `{"pid":${process.pid},"born":"1"}`]) {
      writeFileSync(lockOf(root), left);
      const claim = claimDataDir(root);
      expect(JSON.parse(readFileSync(lockOf(root), 'utf8'))).toMatchObject({ pid: process.pid });
      claim.release();
    }
  });

  it('does not remove the lock of a successor', () => {
    const claim = claimDataDir(root);
    writeFileSync(lockOf(root), '{"pid":1,"born":"0"}');
    claim.release();
    expect(existsSync(lockOf(root))).toBe(true);
  });

  it('says that a file is in the way', () => {
    writeFileSync(join(root, 'plain'), '');
    expect(() => claimDataDir(join(root, 'plain'))).toThrow(
      /cannot be written \(a file is there\)\. Make it/,
    );
  });
});
