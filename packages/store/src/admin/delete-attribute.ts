import { attributeText, type Resource } from '@utxoiq/model';
import { PROMOTED_ATTRIBUTES, promotedColumn } from '../block/promoted-attributes.ts';
import { resourceFromText, resourceToText, scopeFromText, scopeToText } from '../block/resource-text.ts';
import { StoreError } from '../errors.ts';
import type { Projects } from '../read/queries.ts';
import { visible } from '../read/reader.ts';
import { SqlParameters } from '../read/sql-parameters.ts';
import { type Administrator, localTable, WAIT_FOR_MUTATION } from './administrator.ts';

/** Which attribute is removed, and where. */
export interface DeleteAttributeQuery {
  readonly projects: Projects;
  readonly key: string;
  /** Only where it has this value, as text; without, whatever it is. */
  readonly value?: string;
}

/** Removes an attribute, or one value of it, from every span, resource, scope, event and link. For personal data. */
export async function deleteAttribute(admin: Administrator, query: DeleteAttributeQuery): Promise<void> {
  if (query.key === 'service.name') {
    throw new StoreError('INVALID_OPTION', 'service.name cannot be removed: spans are sorted by it');
  }
  await deleteFromSpans(admin, query);
  await deleteFromTextColumn(admin, query, 'resource', { read: resourceFromText, write: resourceToText });
  await deleteFromTextColumn(admin, query, 'scope', { read: scopeFromText, write: scopeToText });
  admin.keys.forget();
}

const MAPS: readonly (readonly [map: string, valueAsText: string])[] = [
  ['attributes_string', 'v'],
  ['attributes_int', 'toString(v)'],
  ['attributes_double', 'toString(v)'],
  ['attributes_bool', 'toString(v)'],
  ['attributes_other', 'v'],
];

async function deleteFromSpans(admin: Administrator, query: DeleteAttributeQuery): Promise<void> {
  const { projects, key, value } = query;
  const kind = PROMOTED_ATTRIBUTES.get(key);
  if (kind !== undefined) {
    const column = promotedColumn(key);
    const params = new SqlParameters();
    const isIt = value === undefined ? '1' : `toString(${column}) = ${params.text(value)}`;
    const empty = kind === 'uint16' ? '0' : `''`;
    await rewrite(
      admin,
      `UPDATE ${column} = ${empty} WHERE ${column} != ${empty} AND ${isIt} AND ${visible(projects, params)}`,
      params,
    );
  }
  for (const [map, text] of MAPS) {
    const params = new SqlParameters();
    const name = params.text(key);
    const isIt = value === undefined ? '1' : `${text} = ${params.text(value)}`;
    await rewrite(
      admin,
      `UPDATE ${map} = mapFilter((k, v) -> NOT (k = ${name} AND ${isIt}), ${map}) WHERE mapContains(${map}, ${name}) AND ${visible(projects, params)}`,
      params,
    );
  }
  await deleteFromDetails(admin, query);
}

/** Events and links are in the JSON of src/block/span-details.ts; a value's text is the same in every form of it. */
async function deleteFromDetails(
  admin: Administrator,
  { projects, key, value }: DeleteAttributeQuery,
): Promise<void> {
  const params = new SqlParameters();
  const name = params.text(key);
  const hasValue =
    value === undefined
      ? ''
      : ` AND has(mapValues(JSONExtract(entry, 'value', 'Map(String, String)')), ${params.text(value)})`;
  const isIt = `JSONExtractString(entry, 'key') = ${name}${hasValue}`;
  const kept = (list: string) =>
    jsonList(`arrayFilter(entry -> NOT (${isIt}), JSONExtractArrayRaw(${list}))`);
  const item = jsonObject('item', 'field', `if(field.1 = 'attributes', ${kept('field.2')}, field.2)`);
  const items = jsonList(`arrayMap(item -> ${item}, JSONExtractArrayRaw(member.2))`);
  const rewritten = jsonObject(
    'details',
    'member',
    `if(member.1 IN ('events', 'links'), ${items}, member.2)`,
  );
  await rewrite(
    admin,
    `UPDATE details = ${rewritten}
WHERE position(details, ${params.text(JSON.stringify(key))}) > 0 AND ${visible(projects, params)}`,
    params,
  );
}

const jsonList = (items: string): string => `concat('[', arrayStringConcat(${items}, ','), ']')`;

/** The JSON object `text` anew, with `value` for each of its members: a pair of a name and a raw value. */
function jsonObject(text: string, member: string, value: string): string {
  const members = `arrayMap(${member} -> concat('"', ${member}.1, '":', ${value}), JSONExtractKeysAndValuesRaw(${text}))`;
  return `concat('{', arrayStringConcat(${members}, ','), '}')`;
}

async function rewrite(admin: Administrator, change: string, params: SqlParameters): Promise<void> {
  const sql = `ALTER TABLE ${localTable(admin, 'spans')} ${change}`;
  await admin.connection.command({ sql, params: params.values, settings: WAIT_FOR_MUTATION });
}

/** Few distinct resources and scopes exist, so each is rewritten here and replaced as a whole. */
async function deleteFromTextColumn<Value extends Resource>(
  admin: Administrator,
  { projects, key, value }: DeleteAttributeQuery,
  column: 'resource' | 'scope',
  codec: { readonly read: (text: string) => Value; readonly write: (value: Value) => string },
): Promise<void> {
  const params = new SqlParameters();
  const sql = `SELECT DISTINCT toString(${column}) AS text FROM spans
WHERE JSONHas(${column}, 'text', ${params.text(key)}) AND ${visible(projects, params)}`;
  const result = await admin.connection.query({ sql, params: params.values });
  for (const text of Array.from(result.column('text'))) {
    const resource = codec.read(text);
    const found = resource.attributes.get(key);
    if (found === undefined || (value !== undefined && attributeText(found) !== value)) continue;
    const attributes = new Map([...resource.attributes].filter(([name]) => name !== key));
    const change = new SqlParameters();
    const replacement = change.text(codec.write({ ...resource, attributes }));
    const where = `${column} = ${change.text(text)} AND ${visible(projects, change)}`;
    await rewrite(admin, `UPDATE ${column} = ${replacement} WHERE ${where}`, change);
  }
}
