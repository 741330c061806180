import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EMBEDDED_ERROR_CODES } from './embedded-error.ts';
import { resolveOptions } from './options.ts';

describe('resolveOptions', () => {
  it('completes and freezes', () => {
    const options = resolveOptions({ dataDir: 'data' });
    expect(options).toMatchObject({
      port: 0,
      host: '127.0.0.1',
      maxQueryMemoryBytes: options.maxMemoryBytes / 2,
    });
    expect(options.dataDir).toMatch(/^\/.*\/data$/);
    expect(Object.isFrozen(options)).toBe(true);
  });

  it('names a bad option, what is expected and what came', () => {
    expect(() => resolveOptions({ dataDir: '' })).toThrow("dataDir must be the path of a directory, got ''");
    expect(() => resolveOptions({ dataDir: 'd', port: 70_000 })).toThrow(
      'port must be a whole number from 0 to 65535, got 70000',
    );
    expect(() => resolveOptions({ dataDir: 'd', maxMemoryBytes: Number.NaN })).toThrow(
      'maxMemoryBytes must be',
    );
    expect(() => resolveOptions({ dataDir: 'd', host: '0.0.0.0' })).toThrow('host 0.0.0.0 is not loopback');
    expect(resolveOptions({ dataDir: 'd', host: '0.0.0.0', password: 'x' }).host).toBe('0.0.0.0');
  });
});

describe('docs/errors.md', () => {
  it('explains every code', () => {
    const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
    for (const code of EMBEDDED_ERROR_CODES) expect(page).toContain(`\`${code}\``);
  });
});
