import { describe, expect, it } from 'vitest';
import { asClickHouseError, ClickHouseError, statusOf } from './clickhouse-error.ts';

describe('asClickHouseError', () => {
  it("keeps the engine's own form", () => {
    const text = 'Code: 60. DB::Exception: Table t does not exist. (UNKNOWN_TABLE)';
    expect(asClickHouseError(new Error(text))).toEqual({ exceptionCode: 60, text });
    expect(asClickHouseError(new ClickHouseError(62, 'SYNTAX_ERROR', 'Syntax error')).exceptionCode).toBe(62);
  });

  it('takes away what reading from a file adds', () => {
    const wrapped =
      'Code: 27. DB::Exception: Code: 27. DB::Exception: Cannot parse input: (at row 2)\n: (in file/uri /d/x): While ' +
      'executing Parser: While executing File: data for INSERT was parsed from file. (CANNOT) (version 26.7.2.1). (CANNOT)';
    expect(asClickHouseError(new Error(wrapped))).toEqual({
      exceptionCode: 27,
      text: 'Code: 27. DB::Exception: Cannot parse input: (at row 2): While executing Parser. (CANNOT)',
    });
  });

  it('takes away what asking for a syntax error adds', () => {
    const asked =
      "Code: 62. DB::Exception: Syntax error: failed at 1 (x): In scope SELECT formatQuery('x'). (SYNTAX_ERROR)";
    expect(asClickHouseError(new Error(asked)).text).toBe(
      'Code: 62. DB::Exception: Syntax error: failed at 1 (x). (SYNTAX_ERROR)',
    );
  });

  it('gives everything else a code too', () => {
    expect(asClickHouseError(new Error('ENOSPC')).text).toBe(
      'Code: 1002. DB::Exception: ENOSPC. (UNKNOWN_EXCEPTION)',
    );
    expect([statusOf(62), statusOf(60), statusOf(159), statusOf(241)]).toEqual([400, 404, 408, 500]);
  });
});
