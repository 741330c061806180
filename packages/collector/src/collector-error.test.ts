import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { COLLECTOR_ERROR_CODES } from './collector-error.ts';

it('docs/errors.md describes every code, and no other', () => {
  const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
  const section = page.split(/^## /m).find((part) => part.startsWith('`@utxoiq/collector`')) ?? '';
  const described = [...section.matchAll(/^\| `([A-Z_]+)`/gm)].map((match) => match[1]);
  expect(described.sort()).toEqual([...COLLECTOR_ERROR_CODES].sort());
});
