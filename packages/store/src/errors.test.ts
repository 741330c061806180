import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { STORE_ERROR_CODES } from './errors.ts';

it('has every code in docs/errors.md', async () => {
  const docs = await readFile(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
  for (const code of Object.keys(STORE_ERROR_CODES)) expect(docs).toContain(`\`${code}\``);
});
