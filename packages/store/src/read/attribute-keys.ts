import { AttributeType } from '../block/span-row.ts';
import { Deadline } from './limits.ts';
import type { AttributeKey, AttributeKeysQuery } from './queries.ts';
import { type Reader, select, visible } from './reader.ts';
import { SqlParameters } from './sql-parameters.ts';

const TYPE_NAMES: Readonly<Record<number, AttributeKey['type']>> = {
  [AttributeType.string]: 'string',
  [AttributeType.bool]: 'bool',
  [AttributeType.int]: 'int',
  [AttributeType.double]: 'double',
};

/** Attribute keys whose spans reach into the range, most frequent first; counts are over all time. */
export async function attributeKeys(
  reader: Reader,
  query: AttributeKeysQuery,
): Promise<readonly AttributeKey[]> {
  const { projects, startUnixNano, endUnixNano, prefix = '', limit = 100, signal } = query;
  const params = new SqlParameters();
  const sql = `
SELECT key, on_resource, if(type IN (1, 2, 3, 4), type, 0) AS kind, sum(count) AS spans
FROM attribute_keys
WHERE ${visible(projects, params)} AND startsWith(key, ${params.text(prefix)})
GROUP BY key, on_resource, kind
HAVING min(first_seen) <= ${params.time(endUnixNano)} AND max(last_seen) >= ${params.time(startUnixNano)}
ORDER BY spans DESC, key
LIMIT ${Math.floor(limit)}`;
  const result = await select(reader, { sql, params, deadline: new Deadline(reader.limits), signal });
  const key = result.column('key');
  const onResource = result.column<Uint8Array>('on_resource');
  const type = result.column<Uint8Array>('kind');
  const spans = result.column<BigUint64Array>('spans');
  return Array.from(key, (name, row) => ({
    key: name,
    on: onResource[row] === 1 ? 'resource' : 'span',
    type: TYPE_NAMES[type[row] as number] ?? 'other',
    count: Number(spans[row]),
  }));
}
