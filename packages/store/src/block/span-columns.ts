import {
  ArrayColumn,
  type ColumnBuilder,
  DictionaryColumn,
  MapColumn,
  Offsets,
  PlainColumn,
} from '../native/columns.ts';
import { PROMOTED_ATTRIBUTES, promotedColumn } from './promoted-attributes.ts';
import { SparseTextColumn, SparseUint16Column } from './promoted-column.ts';

export type PromotedColumn = DictionaryColumn | SparseTextColumn | SparseUint16Column;

/** The builders of every column that a block of spans carries; the names are those of migrations/0001. */
export function spanColumns() {
  const events = new Offsets();
  const links = new Offsets();
  return {
    offsets: { events, links },
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
      trace_state: new DictionaryColumn(),
      flags: new PlainColumn('UInt32'),
      resource: new DictionaryColumn(),
      scope: new DictionaryColumn(),
      dropped_attributes: new PlainColumn('UInt32'),
      dropped_events: new PlainColumn('UInt32'),
      dropped_links: new PlainColumn('UInt32'),
      attributes_string: new MapColumn(new PlainColumn('String')),
      attributes_int: new MapColumn(new PlainColumn('Int64')),
      attributes_double: new MapColumn(new PlainColumn('Float64')),
      attributes_bool: new MapColumn(new PlainColumn('Bool')),
      attributes_other: new MapColumn(new PlainColumn('String')),
      events_time: new ArrayColumn(new PlainColumn("DateTime64(9, 'UTC')"), events),
      events_name: new ArrayColumn(new DictionaryColumn(), events),
      events_attributes: new ArrayColumn(new PlainColumn('String'), events),
      events_dropped: new ArrayColumn(new PlainColumn('UInt32'), events),
      links_trace_id: new ArrayColumn(new PlainColumn('FixedString(16)'), links),
      links_span_id: new ArrayColumn(new PlainColumn('FixedString(8)'), links),
      links_details: new ArrayColumn(new PlainColumn('String'), links),
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
