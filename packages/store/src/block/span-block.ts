import { attributeText, type Resource, type Scope } from '@utxoiq/model';
import { ByteWriter } from '../native/byte-writer.ts';
import { type ColumnBuilder, DictionaryColumn, encodeBlock } from '../native/columns.ts';
import { anyValueToText } from './any-value-text.ts';
import { AttributeCatalogue, type AttributeUse, type KeyPlan } from './attribute-catalogue.ts';
import { type Filled, filledBit, NOTHING_FILLED } from './filled-columns.ts';
import { SparseTextColumn } from './promoted-column.ts';
import { resourceToText, scopeToText } from './resource-text.ts';
import { namedColumns, type SpanColumns, spanColumns } from './span-columns.ts';
import { spanDetailsToText } from './span-details.ts';
import { AttributeType, type SpanRow } from './span-row.ts';

const FILLED = {
  status_message: filledBit('status_message'),
  details: filledBit('details'),
  attributes_string: filledBit('attributes_string'),
  attributes_int: filledBit('attributes_int'),
  attributes_double: filledBit('attributes_double'),
  attributes_bool: filledBit('attributes_bool'),
  attributes_other: filledBit('attributes_other'),
};

const resourceTexts = new WeakMap<Resource, string>();
const scopeTexts = new WeakMap<Scope, string>();

/**
 * Collects spans column by column and encodes them as one block of ClickHouse's Native format. Reuse it after
 * `clear()`: its buffers stay.
 */
export class SpanBlock {
  rows = 0;
  readonly #columns: SpanColumns = spanColumns();
  readonly #plain = this.#columns.plain;
  readonly #named = namedColumns(this.#columns);
  readonly #resources = new Map<Resource, { readonly text: number; readonly service: number }>();
  readonly #scopes = new Map<Scope, number>();
  // 15 MB anew for each block would cost page faults and collections.
  readonly #encoded = new ByteWriter(0);
  readonly #catalogue = new AttributeCatalogue(this.#columns.promoted);

  /** About the size of the encoded block. */
  get byteSize(): number {
    return this.#named.reduce((sum, [, column]) => sum + column.byteSize, 0);
  }

  add(row: SpanRow): void {
    this.#addIds(row);
    this.#addTimes(row);
    const filled = this.#addDescription(row) | this.#addAttributes(row);
    this.#plain.filled.values.u32(filled >>> 0);
    this.rows++;
  }

  /** Valid until the next call. */
  encode(): Uint8Array {
    for (const column of this.#columns.promoted.values()) column.pad(this.rows);
    return encodeBlock(this.#named, this.rows, this.#encoded);
  }

  /** Which attribute keys occur, with their types and numbers of spans, for autocompletion and filters. */
  attributeUses(): readonly AttributeUse[] {
    return this.#catalogue.uses();
  }

  /** Earliest and latest start in the block. */
  startRange(): { readonly first: bigint; readonly last: bigint } {
    const bytes = this.#plain.start.values.view();
    const starts = new BigInt64Array(bytes.slice().buffer);
    let first = starts[0] ?? 0n;
    let last = first;
    for (const start of starts) {
      if (start < first) first = start;
      else if (start > last) last = start;
    }
    return { first, last };
  }

  clear(): void {
    this.rows = 0;
    for (const [, column] of this.#named) column.clear();
    this.#resources.clear();
    this.#scopes.clear();
    this.#catalogue.clear();
  }

  #addIds(row: SpanRow): void {
    const { trace_id, span_id, parent_span_id } = this.#plain;
    trace_id.values.slice(row.bytes, row.traceIdAt, 16);
    span_id.values.slice(row.bytes, row.spanIdAt, 8);
    if (row.parentSpanIdAt < 0) parent_span_id.values.zeros(8);
    else parent_span_id.values.slice(row.bytes, row.parentSpanIdAt, 8);
  }

  #addTimes(row: SpanRow): void {
    const low = row.endLow - row.startLow;
    const borrow = low < 0 ? 1 : 0;
    this.#plain.start.values.u64Halves(row.startLow, row.startHigh);
    this.#plain.duration.values.u64Halves(low >>> 0, (row.endHigh - row.startHigh - borrow) >>> 0);
  }

  #addDescription(row: SpanRow): Filled {
    const plain = this.#plain;
    const details = spanDetailsToText(row);
    const resource = this.#resourceOf(row.resource);
    plain.project.add(row.projectId);
    plain.service.addIndex(resource.service);
    plain.resource.addIndex(resource.text);
    plain.scope.addIndex(this.#scopeOf(row.scope));
    plain.name.add(row.name);
    plain.kind.values.u8(row.kind);
    plain.status_code.values.u8(row.statusCode);
    plain.status_message.values.text(row.statusMessage);
    plain.flags.values.u32(row.flags);
    plain.details.values.text(details);
    return (row.statusMessage === '' ? 0 : FILLED.status_message) | (details === '' ? 0 : FILLED.details);
  }

  #addAttributes(row: SpanRow): Filled {
    const plain = this.#plain;
    const plans = this.#catalogue.of(row.projectId, row.resource);
    let strings = 0;
    let ints = 0;
    let doubles = 0;
    let bools = 0;
    let others = 0;
    let filled = NOTHING_FILLED;
    for (let index = 0; index < row.attributeCount; index++) {
      const key = row.attributeKeys[index] as string;
      const type = row.attributeTypes[index] as AttributeType;
      const plan = plans.plan(key, index);
      const textAt = type === AttributeType.string ? (row.attributeTextAt?.[index] ?? -1) : -1;
      if (textAt >= 0) {
        const length = row.attributeTextLength?.[index] ?? 0;
        if (this.#addUtf8(plan, key, row.bytes, textAt, length)) strings++;
        else filled |= plan.filled;
        continue;
      }
      const value = row.attributeValues[index] as string & number & bigint & boolean;
      if (plan.column !== null && plan.lastRow !== this.rows && this.#promote(plan.column, type, value)) {
        plan.lastRow = this.rows;
        plan.promotedCount++;
        filled |= plan.filled;
        continue;
      }
      plan.counts[type] = (plan.counts[type] as number) + 1;
      switch (type) {
        case AttributeType.string:
          addKey(plain.attributes_string.keys, plan, type, key);
          plain.attributes_string.values.values.text(value);
          strings++;
          break;
        case AttributeType.int:
          addKey(plain.attributes_int.keys, plan, type, key);
          plain.attributes_int.values.values.i64(value);
          ints++;
          break;
        case AttributeType.double:
          addKey(plain.attributes_double.keys, plan, type, key);
          plain.attributes_double.values.values.f64(value);
          doubles++;
          break;
        case AttributeType.bool:
          addKey(plain.attributes_bool.keys, plan, type, key);
          plain.attributes_bool.values.values.u8(value ? 1 : 0);
          bools++;
          break;
        default:
          addKey(plain.attributes_other.keys, plan, type, key);
          plain.attributes_other.values.values.text(anyValueToText(value));
          others++;
      }
    }
    plain.attributes_string.endRow(strings);
    plain.attributes_int.endRow(ints);
    plain.attributes_double.endRow(doubles);
    plain.attributes_bool.endRow(bools);
    plain.attributes_other.endRow(others);
    if (strings > 0) filled |= FILLED.attributes_string;
    if (ints > 0) filled |= FILLED.attributes_int;
    if (doubles > 0) filled |= FILLED.attributes_double;
    if (bools > 0) filled |= FILLED.attributes_bool;
    if (others > 0) filled |= FILLED.attributes_other;
    return filled;
  }

  /** A text that is still bytes of the request. False: it went into the key's promoted column, not into the map. */
  #addUtf8(plan: KeyPlan, key: string, bytes: Uint8Array, at: number, length: number): boolean {
    const { column } = plan;
    if (length > 0 && plan.lastRow !== this.rows) {
      if (column instanceof DictionaryColumn || column instanceof SparseTextColumn) {
        column.setUtf8(this.rows, bytes, at, length);
        plan.lastRow = this.rows;
        plan.promotedCount++;
        return false;
      }
    }
    plan.counts[AttributeType.string] = (plan.counts[AttributeType.string] as number) + 1;
    addKey(this.#plain.attributes_string.keys, plan, AttributeType.string, key);
    this.#plain.attributes_string.values.values.utf8(bytes, at, length);
    return true;
  }

  /** Whether the column took the value: it has its type and is not the zero that stands for "absent". */
  #promote(column: ColumnBuilder, type: AttributeType, value: string & bigint): boolean {
    if (type === AttributeType.string && value !== '') {
      if (column instanceof DictionaryColumn) column.set(this.rows, value);
      else if (column instanceof SparseTextColumn) column.set(this.rows, value);
      else return false;
      return true;
    }
    if (type !== AttributeType.int || value <= 0n || value > 65_535n) return false;
    if (column instanceof DictionaryColumn || column instanceof SparseTextColumn) return false;
    (column as { set(row: number, value: number): void } & ColumnBuilder).set(this.rows, Number(value));
    return true;
  }

  #resourceOf(resource: Resource): { readonly text: number; readonly service: number } {
    let indexes = this.#resources.get(resource);
    if (indexes === undefined) {
      indexes = {
        text: this.#plain.resource.intern(cached(resourceTexts, resource, resourceToText)),
        service: this.#plain.service.intern(attributeText(resource.attributes.get('service.name') ?? '')),
      };
      this.#resources.set(resource, indexes);
    }
    return indexes;
  }

  #scopeOf(scope: Scope): number {
    let index = this.#scopes.get(scope);
    if (index === undefined) {
      index = this.#plain.scope.intern(cached(scopeTexts, scope, scopeToText));
      this.#scopes.set(scope, index);
    }
    return index;
  }
}

/** Looks a key up once per block, not once per span. */
function addKey(keys: DictionaryColumn, plan: KeyPlan, type: AttributeType, key: string): void {
  let index = plan.mapKeys[type] as number;
  if (index < 0) {
    index = keys.intern(key);
    plan.mapKeys[type] = index;
  }
  keys.addIndex(index);
}

function cached<Key extends object>(
  texts: WeakMap<Key, string>,
  key: Key,
  make: (key: Key) => string,
): string {
  let text = texts.get(key);
  if (text === undefined) {
    text = make(key);
    texts.set(key, text);
  }
  return text;
}
