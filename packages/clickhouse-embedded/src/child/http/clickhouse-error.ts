/** An error in ClickHouse's own form; `toString` of it is the body of the answer. */
export class ClickHouseError extends Error {
  /** ErrorCodes.cpp of ClickHouse. */
  readonly exceptionCode: number;

  constructor(exceptionCode: number, name: string, message: string) {
    super(`Code: ${exceptionCode}. DB::Exception: ${message}. (${name})`);
    this.exceptionCode = exceptionCode;
  }
}

const LEADING_CODE = /^Code: (\d+)\. DB::Exception: /;
// What reading the data from a file adds around an error of the data.
const WRAPPED = /^Code: (\d+)\. DB::Exception: (Code: \1\. [\s\S]*) \(version [^)]*\)\. \([A-Z0-9_]+\)$/;
const FILE_NOTE =
  /\n?: \(in file\/uri [^)]*\)|: While executing File|: data for INSERT was parsed from file/g;
// What asking for a syntax error adds (QueryRunner).
const SYNTAX_NOTE = /: In scope SELECT formatQuery\('[\s\S]*'\)(?=\. \(SYNTAX_ERROR\)$)/;

/** What the engine threw, as the error that a ClickHouse server would have answered with. */
export function asClickHouseError(error: unknown): { exceptionCode: number; text: string } {
  if (error instanceof ClickHouseError) return { exceptionCode: error.exceptionCode, text: error.message };
  const message = error instanceof Error ? error.message : String(error);
  const text = (WRAPPED.exec(message)?.[2] ?? message).replace(FILE_NOTE, '').replace(SYNTAX_NOTE, '');
  const code = LEADING_CODE.exec(text)?.[1];
  if (code !== undefined) return { exceptionCode: Number(code), text };
  if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') {
    return { exceptionCode: 243, text: `Code: 243. DB::Exception: ${text}. (NOT_ENOUGH_SPACE)` };
  }
  return { exceptionCode: 1002, text: `Code: 1002. DB::Exception: ${text}. (UNKNOWN_EXCEPTION)` };
}

// exceptionCodeToHTTPStatus.cpp of ClickHouse; 202 (the queue is full) and 210 (stopping) are ours: come again.
const STATUS: ReadonlyArray<readonly [number, readonly number[]]> = [
  [
    400,
    [
      6, 8, 15, 25, 26, 27, 36, 37, 38, 41, 44, 53, 62, 72, 117, 123, 167, 168, 223, 321, 376, 427, 441, 675,
      676,
    ],
  ],
  [401, [194]],
  [403, [192, 193, 497, 512, 516]],
  [404, [46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 152, 336, 511]],
  [408, [159]],
  [411, [381]],
  [413, [229]],
  [415, [779]],
  [501, [48]],
  [503, [76, 202, 209, 210, 439]],
];
const STATUS_OF = new Map(STATUS.flatMap(([status, codes]) => codes.map((code) => [code, status] as const)));

export const statusOf = (exceptionCode: number): number => STATUS_OF.get(exceptionCode) ?? 500;
