import { describe, expect, it } from 'vitest';
import { isKillQuery, rewriteKillQuery } from './kill-query.ts';
import { identifier, stringLiteral } from './literal.ts';
import { contentType, outputFormat } from './output-format.ts';

describe('literals', () => {
  it('cannot be left from inside', () => {
    expect(stringLiteral("a'; DROP TABLE t; \\' --")).toBe("'a\\'; DROP TABLE t; \\\\\\' --'");
    expect(stringLiteral('\0')).toBe("'\\0'");
    expect(identifier('a`b\\')).toBe('`a\\`b\\\\`');
  });
});

describe('rewriteKillQuery', () => {
  it("addresses queries by their request's id, and never waits", () => {
    expect(isKillQuery(' kill query WHERE 1')).toBe(true);
    expect(isKillQuery("SELECT 'KILL QUERY'")).toBe(false);
    expect(rewriteKillQuery("KILL QUERY WHERE query_id = 'query_id SYNC' SYNC")).toBe(
      "KILL QUERY WHERE Settings['log_comment'] = 'query_id SYNC' ASYNC",
    );
  });
});

describe('outputFormat', () => {
  it('finds the format at the end of a statement', () => {
    expect(outputFormat('SELECT 1 FORMAT JSON', 'TSV')).toBe('JSON');
    expect(outputFormat('SELECT 1\nformat  Native SETTINGS max_threads=1; -- done', 'TSV')).toBe('Native');
    expect(outputFormat('SELECT format FROM t', 'TSV')).toBe('TSV');
    expect(outputFormat("SELECT ' FORMAT JSON'", 'TSV')).toBe('TSV');
  });

  it('knows the content types of the usual formats', () => {
    expect(contentType('JSONEachRow')).toBe('application/x-ndjson; charset=UTF-8');
    expect(contentType('JSONCompact')).toBe('application/json; charset=UTF-8');
    expect(contentType('TabSeparatedWithNames')).toBe('text/tab-separated-values; charset=UTF-8');
    expect(contentType('CSVWithNames')).toBe('text/csv; charset=UTF-8; header=present');
    expect(contentType('Native')).toBe('application/octet-stream');
    expect(contentType('Pretty')).toBe('text/plain; charset=UTF-8');
  });
});
