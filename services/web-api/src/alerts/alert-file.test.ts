import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { writeAtomically } from './alert-file.ts';

describe('writing the file of alerts', () => {
  it('leaves the old one whole when the program ends between the draft and its name', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'utxoiq-alert-file-'));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    const path = join(dir, 'alerts', 'alerts.json');
    await writeAtomically(path, 'old');
    const reached = Promise.withResolvers<string>();
    const never = new Promise<void>(() => undefined); // As after kill -9: nothing that follows happens.
    void writeAtomically(path, 'new', {
      moveInto: (draft) => {
        reached.resolve(draft);
        return never;
      },
    });
    const draft = await reached.promise;
    expect(readFileSync(draft, 'utf8')).toBe('new');
    expect(readFileSync(path, 'utf8')).toBe('old');
    await writeAtomically(path, 'newer');
    expect(readFileSync(path, 'utf8')).toBe('newer');
  });

  it('takes its draft away when it fails', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'utxoiq-alert-file-'));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    const refused = writeAtomically(join(dir, 'alerts.json'), 'x', {
      moveInto: () => Promise.reject(new Error('disk full')),
    });
    await expect(refused).rejects.toThrow('disk full');
    expect(readdirSync(dir)).toEqual([]);
  });
});
