import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { modelErrorCodes } from './model-error.ts';

it('lists its codes in docs/errors.md', () => {
  const docs = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
  const section = docs.split('## `@utxoiq/model`')[1]?.split('\n## ')[0] ?? '';
  expect([...section.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, code]) => code)).toEqual([...modelErrorCodes]);
});
