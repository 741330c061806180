import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { completeLimits, DEFAULT_LIMITS } from './limits.ts';

describe('completeLimits', () => {
  it('docs/collector.md names every limit', () => {
    const page = readFileSync(new URL('../../../docs/collector.md', import.meta.url), 'utf8');
    for (const name of Object.keys(DEFAULT_LIMITS)) expect(page).toContain(`\`${name}\``);
  });

  it('keeps segments small enough that a full log can be emptied by them', () => {
    expect(completeLimits({ maxLogBytes: 1_000 }).segmentBytes).toBe(250);
    expect(completeLimits({}).segmentBytes).toBe(DEFAULT_LIMITS.segmentBytes);
  });

  it('says which limit is wrong', () => {
    expect(() => completeLimits({ maxLinks: -1 })).toThrow(
      'limits.maxLinks: expected a whole number of at least 1, got -1',
    );
    expect(() => completeLimits({ maxLink: 1 } as object)).toThrow('limits.maxLink: there is no such limit');
  });
});
