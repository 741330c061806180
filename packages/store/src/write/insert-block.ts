import { ClickHouseError } from '@clickhouse/client';
import type { AttributeUse } from '../block/attribute-catalogue.ts';
import type { SpanBlock } from '../block/span-block.ts';
import type { Connection } from '../clickhouse/connection.ts';
import { StoreError } from '../errors.ts';
import { DictionaryColumn, encodeBlock, PlainColumn } from '../native/columns.ts';

/** How a block is named, and what cancels its insert. */
export interface InsertOptions {
  /** Names the block's content: a block sent again with the same token is stored once. */
  readonly token: string;
  readonly signal?: AbortSignal;
}

/**
 * ClickHouse's codes (ErrorCodes.cpp) for data that it cannot read or put into a table. Whatever else goes wrong, such as
 * a full disk, may go away by itself.
 */
const CANNOT_TAKE: ReadonlySet<string> = new Set([
  '6', // CANNOT_PARSE_TEXT
  '9', // SIZES_OF_COLUMNS_DOESNT_MATCH
  '19', // SIZE_OF_FIXED_STRING_DOESNT_MATCH
  '26', // CANNOT_PARSE_QUOTED_STRING
  '27', // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  '32', // ATTEMPT_TO_READ_AFTER_EOF
  '33', // CANNOT_READ_ALL_DATA
  '49', // LOGICAL_ERROR
  '53', // TYPE_MISMATCH
  '69', // ARGUMENT_OUT_OF_BOUND
  '70', // CANNOT_CONVERT_TYPE
  '117', // INCORRECT_DATA
  '128', // TOO_LARGE_ARRAY_SIZE
  '131', // TOO_LARGE_STRING_SIZE
  '190', // SIZES_OF_ARRAYS_DONT_MATCH
  '229', // QUERY_IS_TOO_LARGE
  '349', // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
  '469', // VIOLATED_CONSTRAINT
]);
const INSERT_SPANS = 'INSERT INTO spans FORMAT Native';
const INSERT_KEYS = 'INSERT INTO attribute_keys FORMAT Native';

/** Durable when it resolves: the engine has the parts on disk, and its answer waited for them. */
export async function insertBlock(
  connection: Connection,
  block: SpanBlock,
  options: InsertOptions,
): Promise<void> {
  if (block.rows === 0) return;
  const { token, signal } = options;
  const settings = {
    insert_deduplicate: 1,
    deduplicate_blocks_in_dependent_materialized_views: 1,
    throw_on_max_partitions_per_insert_block: 0,
    distributed_foreground_insert: 1,
  } as const;
  try {
    // Keys first: a filter trusts them to name every column that can hold a value.
    const uses = block.attributeUses();
    // The engine takes a block without rows for an empty query.
    if (uses.length > 0) {
      await connection.insert({
        sql: INSERT_KEYS,
        bytes: encodeKeys(block, uses),
        settings: { ...settings, insert_deduplication_token: `${token}/keys` },
        signal,
      });
    }
    await connection.insert({
      sql: INSERT_SPANS,
      bytes: block.encode(),
      settings: { ...settings, insert_deduplication_token: token },
      signal,
    });
  } catch (cause) {
    if (cause instanceof StoreError && cause.code !== 'QUERY_FAILED') throw cause;
    throw new StoreError(
      isRefusal(cause) ? 'INSERT_REFUSED' : 'INSERT_FAILED',
      `cannot store block ${token} of ${block.rows} spans`,
      { cause },
    );
  }
}

/** What is not ClickHouse's own answer went wrong here, while the block was encoded. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof StoreError)) return true;
  return error.cause instanceof ClickHouseError && CANNOT_TAKE.has(error.cause.code);
}

function encodeKeys(block: SpanBlock, uses: readonly AttributeUse[]): Uint8Array {
  const project = new DictionaryColumn();
  const onResource = new PlainColumn('Bool');
  const key = new PlainColumn('String');
  const type = new PlainColumn('UInt8');
  const promoted = new PlainColumn('Bool');
  const firstSeen = new PlainColumn("DateTime64(9, 'UTC')");
  const lastSeen = new PlainColumn("DateTime64(9, 'UTC')");
  const count = new PlainColumn('UInt64');
  const { first, last } = block.startRange();
  for (const use of uses) {
    project.add(use.project);
    onResource.values.u8(use.on === 'resource' ? 1 : 0);
    key.values.text(use.key);
    type.values.u8(use.type);
    promoted.values.u8(use.promoted ? 1 : 0);
    firstSeen.values.i64(first);
    lastSeen.values.i64(last);
    count.values.u64(use.count);
  }
  const columns = [
    ['project', project],
    ['on_resource', onResource],
    ['key', key],
    ['type', type],
    ['promoted', promoted],
    ['first_seen', firstSeen],
    ['last_seen', lastSeen],
    ['count', count],
  ] as const;
  return encodeBlock(columns, uses.length);
}
