import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ensureInstalled, pinnedNode } from './installed-packages.mjs';

const lock = { packages: { '': {}, 'node_modules/node': { version: '26.10.0' } } };
const made: string[] = [];
afterEach(() => {
  for (const root of made.splice(0)) rmSync(root, { recursive: true });
});

/** A checkout in which npm has run, with a program in the place of the pinned Node. */
function checkoutWith(node: string): string {
  const root = mkdtempSync(join(tmpdir(), 'utxoiq-set-up-'));
  made.push(root);
  mkdirSync(join(root, 'node_modules/node/bin'), { recursive: true });
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify(lock));
  writeFileSync(join(root, 'node_modules/.package-lock.json'), JSON.stringify(lock));
  writeFileSync(pinnedNode(root), node);
  chmodSync(pinnedNode(root), 0o755);
  return root;
}

describe('ensureInstalled', () => {
  const said: string[] = [];
  const log = (line: string) => void said.push(line);

  it('leaves alone what npm has installed', async () => {
    await ensureInstalled(checkoutWith('#!/bin/sh\necho v26.10.0\n'), log);
    expect(said).toEqual([]);
  });

  it.each([
    ['is built for another platform', '#!/no/such/loader\n', /ENOENT/],
    ['cannot be loaded', '#!/bin/sh\necho "GLIBC_2.28 not found" >&2; exit 1\n', /GLIBC_2.28 not found/],
    ['is another one', '#!/bin/sh\necho v20.1.0\n', /v20\.1\.0/],
  ])('says what to do where the pinned Node %s', async (_, node, reason) => {
    const failed = ensureInstalled(checkoutWith(node), log);
    await expect(failed).rejects.toMatchObject({
      message: expect.stringMatching(reason),
      nextStep: expect.stringMatching(/^Supported: Linux x64 and arm64 with glibc, macOS\./),
    });
    await expect(failed).rejects.toThrow(
      `The pinned Node 26.10.0 does not run here (${process.platform} ${process.arch}): `,
    );
  });
});
