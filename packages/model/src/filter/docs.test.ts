import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseCloudTraceFilter } from './cloud-trace-filter.ts';
import { parseQuery } from './query.ts';
import { queryWords } from './query-words.ts';

const docs = readFileSync(new URL('../../../../docs/filters.md', import.meta.url), 'utf8');
const [cloudTrace = '', added = ''] = docs.split('## What the query language adds');
const [words = '', examples = ''] = added.split('## Examples');
const codeIn = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? '');

describe('docs/filters.md', () => {
  it("holds valid terms of Cloud Trace's language, which mean the same in the query language", () => {
    const terms = [...cloudTrace.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell]) => codeIn(cell ?? ''));
    expect(terms.length).toBeGreaterThan(15);
    for (const term of terms) {
      const result = parseCloudTraceFilter(term);
      expect(result, term).toMatchObject({ ok: true });
      expect(parseQuery(term), term).toEqual(result);
    }
  });

  it('explains every word and has only valid examples', () => {
    const explained = [...words.matchAll(/^\| (`\w+`(?:, `\w+`)*) \|/gm)].flatMap(([, cell]) =>
      codeIn(cell ?? ''),
    );
    // method and url stand in Cloud Trace's table.
    expect(new Set(explained)).toEqual(
      new Set([...queryWords.keys()].filter((word) => !['method', 'url'].includes(word))),
    );
    const queries = [...`${words}${examples}`.matchAll(/\| ([^|]*) \|$/gm)].flatMap(([, cell]) =>
      codeIn(cell ?? ''),
    );
    expect(queries.length).toBeGreaterThan(20);
    for (const query of queries.filter((text) => /[a-z].*[:=~<>]/.test(text))) {
      expect(parseQuery(query), query).toMatchObject({ ok: true });
    }
  });

  it('shows errors as they are', () => {
    const shown = [...docs.matchAll(/^(\S.*?) {3,}(.*?) {3,}at (\d+)(.*)$/gm)];
    expect(shown).toHaveLength(4);
    for (const [, text = '', message = '', position, note = ''] of shown) {
      const result = note.includes('Cloud Trace') ? parseCloudTraceFilter(text) : parseQuery(text);
      if (result.ok) throw new Error(`${text} is valid`);
      expect(result.error.position, text).toBe(Number(position));
      const [first = '', expected] = message.split('; expected ');
      expect(result.error.message, text).toBe(first);
      if (expected !== undefined) expect(result.error.expected, text).toContain(expected);
    }
  });
});
