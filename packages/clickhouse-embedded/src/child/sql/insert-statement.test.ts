import { describe, expect, it } from 'vitest';
import { parseInsert } from './insert-statement.ts';

const parts = (text: string) => {
  const insert = parseInsert(text);
  return insert && [insert.target, insert.clauses, insert.format, text.slice(insert.dataStart)];
};

describe('parseInsert', () => {
  it('finds target, clauses, format and data', () => {
    expect(parts('INSERT INTO t FORMAT CSV 1\n2')).toEqual(['INSERT INTO t', '', 'CSV', '1\n2']);
    expect(parts("insert into `d b`.t (a, `b)`) SETTINGS x=1, y='FORMAT' format Native\n\n\x01")).toEqual([
      'insert into `d b`.t (a, `b)`)',
      "SETTINGS x=1, y='FORMAT'",
      'Native',
      '\n\x01',
    ]);
    expect(parts('INSERT INTO TABLE d."t" (* EXCEPT(a)) VALUES (1)')).toEqual([
      'INSERT INTO TABLE d."t" (* EXCEPT(a))',
      '',
      'Values',
      ' (1)',
    ]);
  });

  it('leaves everything after one line end to the data', () => {
    expect(parts('INSERT INTO t FORMAT TSV \t\r\n  1')?.[3]).toBe('  1');
    expect(parts('INSERT INTO t FORMAT RowBinary\n\n\n')?.[3]).toBe('\n\n');
    expect(parts('INSERT INTO t FORMAT RowBinary')?.[3]).toBe('');
  });

  it('is not misled by names, comments and strings', () => {
    expect(parts('/* FORMAT x */ INSERT -- VALUES\n INTO format FORMAT CSV 1')?.[2]).toBe('CSV');
    expect(parts("INSERT INTO values (a /* ) */, b) VALUES ('FORMAT')")?.[3]).toBe(" ('FORMAT')");
    expect(parts('INSERT INTO `a\\`b`.`c``d` FORMAT CSV 1')?.[0]).toBe('INSERT INTO `a\\`b`.`c``d`');
  });

  it('takes other statements for what they are', () => {
    for (const text of [
      '',
      'SELECT 1 FORMAT CSV',
      'INSERT INTO t SELECT 1 FORMAT CSV',
      'INSERT INTO t (a) WITH 1 AS x SELECT x',
      "INSERT INTO FUNCTION file('x') VALUES (1)",
      "INSERT INTO t FROM INFILE 'x' FORMAT CSV",
      'INSERT INTO t (a',
      'INSERT INTO',
      'INSERT INTO t FORMAT',
      "INSERT INTO 't' FORMAT CSV 1",
    ]) {
      expect(parseInsert(text), text).toBeNull();
    }
  });

  it('reads a megabyte of open quotes and brackets in no time', () => {
    const before = process.cpuUsage();
    for (const open of ['(', "'", "\\'", '`', '/*', '-- ', ' "']) {
      parseInsert(`INSERT INTO t (${open.repeat(300_000)}`);
      parseInsert(`INSERT INTO t SETTINGS ${open.repeat(300_000)}`);
    }
    // About 0.15 s; were it quadratic, minutes. Processor time, which a busy machine does not stretch.
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(5);
  });
});
