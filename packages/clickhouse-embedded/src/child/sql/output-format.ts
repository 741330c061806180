// From the end: FORMAT name, then perhaps SETTINGS, a semicolon, comments.
const FORMAT_AT_END =
  /\bFORMAT\s+([A-Za-z][A-Za-z0-9]*)\s*(?:SETTINGS\b[^'"`]*)?;?\s*(?:--[^\n]*\n?\s*|\/\*(?:[^*]|\*(?!\/))*\*\/\s*)*$/i;

/** The format that a statement names, else the default one. For the headers only: the engine decides by itself. */
export const outputFormat = (sql: string, defaultFormat: string): string =>
  FORMAT_AT_END.exec(sql.slice(-2_000))?.[1] ?? defaultFormat;

/** As ClickHouse's formats name them themselves (registerOutputFormat). */
export function contentType(format: string): string {
  if (/^JSON.*EachRow|^JSONLines|^NDJSON/.test(format)) return 'application/x-ndjson; charset=UTF-8';
  if (/^JSON/.test(format)) return 'application/json; charset=UTF-8';
  if (/^(TabSeparated|TSV)/.test(format)) return 'text/tab-separated-values; charset=UTF-8';
  if (/^CSV/.test(format)) {
    return `text/csv; charset=UTF-8; header=${/WithNames/.test(format) ? 'present' : 'absent'}`;
  }
  if (format === 'XML') return 'application/xml; charset=UTF-8';
  if (/^(Native|RowBinary|Parquet|Arrow|ORC|Avro|Protobuf|MsgPack|Npy|RawBLOB|CapnProto|BSON)/.test(format)) {
    return 'application/octet-stream';
  }
  return 'text/plain; charset=UTF-8';
}
