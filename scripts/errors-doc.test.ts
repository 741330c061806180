import { readFileSync } from 'node:fs';
import { EMBEDDED_ERROR_CODES } from '@utxoiq/clickhouse-embedded';
import { COLLECTOR_ERROR_CODES } from '@utxoiq/collector';
import { modelErrorCodes } from '@utxoiq/model';
import { STORE_ERROR_CODES } from '@utxoiq/store';
import { tracingErrorCodes } from '@utxoiq/tracing';
import { apiErrorStatus } from '@utxoiq/web-api';
import { describe, expect, it } from 'vitest';

const document = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8');

/** The codes in the table of a package's section. */
function documented(packageName: string): string[] {
  const section = document.split(/^## /m).find((part) => part.startsWith(`\`${packageName}\``)) ?? '';
  return [...section.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, code]) => code ?? '').sort();
}

describe('docs/errors.md', () => {
  it.each([
    ['@utxoiq/clickhouse-embedded', codesOf(EMBEDDED_ERROR_CODES)],
    ['@utxoiq/collector', codesOf(COLLECTOR_ERROR_CODES)],
    ['@utxoiq/model', codesOf(modelErrorCodes)],
    ['@utxoiq/tracing', codesOf(tracingErrorCodes)],
    ['@utxoiq/store', codesOf(STORE_ERROR_CODES)],
    ['@utxoiq/web-api', codesOf(apiErrorStatus)],
  ])('has every code of %s and no other', (packageName, codes) => {
    expect(documented(packageName)).toEqual(codes);
  });
});

function codesOf(table: object | readonly string[]): string[] {
  return (Array.isArray(table) ? [...table] : Object.keys(table)).sort();
}
