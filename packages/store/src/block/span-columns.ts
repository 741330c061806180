import { type ColumnBuilder, DictionaryColumn, MapColumn, PlainColumn } from '../native/columns.ts';
import { PROMOTED_ATTRIBUTES, promotedColumn } from './promoted-attributes.ts';
import { SparseTextColumn, SparseUint16Column } from './promoted-column.ts';

export type PromotedColumn = DictionaryColumn | SparseTextColumn | SparseUint16Column;

/** The builders of every column that a block of spans carries; the names are those of the migrations. */
export function spanColumns() {
  return {
    plain: {
      project: new DictionaryColumn(),
      trace_id: new PlainColumn('FixedString(16)'),
      span_id: new PlainColumn('FixedString(8)'),
      parent_span_id: new PlainColumn('FixedString(8)'),
      service: new DictionaryColumn(),
      name: new DictionaryColumn(),
      kind: new PlainColumn('UInt8'),
      status_code: new PlainColumn('UInt8'),
      start: new PlainColumn("DateTime64(9, 'UTC')"),
      duration: new PlainColumn('Int64'),
      status_message: new PlainColumn('String'),
      flags: new PlainColumn('UInt32'),
      details: new PlainColumn('String'),
      filled: new PlainColumn('UInt32'),
      resource: new DictionaryColumn(),
      scope: new DictionaryColumn(),
      attributes_string: new MapColumn(new PlainColumn('String')),
      attributes_int: new MapColumn(new PlainColumn('Int64')),
      attributes_double: new MapColumn(new PlainColumn('Float64')),
      attributes_bool: new MapColumn(new PlainColumn('Bool')),
      attributes_other: new MapColumn(new PlainColumn('String')),
    },
    promoted: promotedColumns(),
  };
}

export type SpanColumns = ReturnType<typeof spanColumns>;

function promotedColumns(): ReadonlyMap<string, PromotedColumn> {
  const columns = new Map<string, PromotedColumn>();
  for (const [key, kind] of PROMOTED_ATTRIBUTES) {
    if (kind === 'dictionary') columns.set(key, new DictionaryColumn());
    else columns.set(key, kind === 'text' ? new SparseTextColumn() : new SparseUint16Column());
  }
  return columns;
}

/** Every column with its name, in the order of the block. */
export function namedColumns(columns: SpanColumns): readonly (readonly [string, ColumnBuilder])[] {
  const promoted = Array.from(columns.promoted, ([key, column]) => [promotedColumn(key), column] as const);
  return [...Object.entries<ColumnBuilder>(columns.plain), ...promoted];
}
