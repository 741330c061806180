import { type AttributeValue, attributeText, type Span, serviceNameOf } from '@utxoiq/model';
import type { AttributeKey, ValueCount } from '@utxoiq/store';
import { kindName } from '../../representation/span-json.ts';
import { byCount } from './red-stats.ts';

const statusNames = ['unset', 'ok', 'error'];
const fields: Readonly<Record<string, (span: Span) => string>> = {
  service: serviceNameOf,
  name: (span) => span.name,
  status: (span) => statusNames[span.status.code] ?? 'unset',
  kind: (span) => kindName(span.kind),
};

/** The value of a field or attribute as text; null where the span has none. */
export function textOf(span: Span, key: string): string | null {
  const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
  if (field !== undefined) return field(span);
  const value = span.attributes.get(key) ?? span.resource.attributes.get(key);
  return value === undefined ? null : attributeText(value);
}

export function countValues(
  spans: readonly Span[],
  key: string,
  { prefix = '', limit }: { readonly prefix?: string | undefined; readonly limit: number },
): readonly ValueCount[] {
  const counts = new Map<string, number>();
  for (const span of spans) {
    const value = textOf(span, key);
    if (value?.startsWith(prefix)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return Array.from(counts, ([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, limit);
}

export function countKeys(
  spans: readonly Span[],
  { prefix = '', limit = 100 }: { readonly prefix?: string | undefined; readonly limit?: number | undefined },
): readonly AttributeKey[] {
  const found = new Map<
    string,
    { key: string; on: 'span' | 'resource'; type: AttributeKey['type']; count: number }
  >();
  const count = (on: 'span' | 'resource', key: string, value: AttributeValue): void => {
    if (!key.startsWith(prefix)) return;
    const type = typeOf(value);
    const known = found.get(`${on} ${type} ${key}`) ?? { key, on, type, count: 0 };
    known.count++;
    found.set(`${on} ${type} ${key}`, known);
  };
  for (const { attributes, resource } of spans) {
    for (const [key, value] of attributes) count('span', key, value);
    for (const [key, value] of resource.attributes) count('resource', key, value);
  }
  return [...found.values()].sort(byCount).slice(0, limit);
}

function typeOf(value: AttributeValue): AttributeKey['type'] {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return 'double';
    default:
      return 'other';
  }
}
