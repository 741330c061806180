import { attributeAliases } from '@utxoiq/model';
import { PROMOTED_ATTRIBUTES, promotedColumn } from '../block/promoted-attributes.ts';
import { AttributeType } from '../block/span-row.ts';
import type { Loaded } from '../read/key-catalogue.ts';
import type { SqlParameters } from '../read/sql-parameters.ts';

/** An expression that may hold an attribute's value, and what is needed to ask it. */
export type Place =
  /** Text; '' where the attribute is not there. `isPresent` tells an empty text from an absent one. */
  | { readonly holds: 'text'; readonly value: string; readonly isPresent: string }
  /** UInt16, 0 where it is not there. */
  | { readonly holds: 'uint16'; readonly value: string }
  | {
      readonly holds: 'int' | 'double' | 'bool' | 'other';
      readonly value: string;
      readonly isPresent: string;
    };

const MAPS = {
  [AttributeType.string]: ['text', 'attributes_string'],
  [AttributeType.int]: ['int', 'attributes_int'],
  [AttributeType.double]: ['double', 'attributes_double'],
  [AttributeType.bool]: ['bool', 'attributes_bool'],
} as const;

interface KeyLeaf {
  readonly key: string;
  readonly exactKey?: true;
}

/** Everywhere that a value of the leaf's key may lie, under each of its names. */
export function placesOf(leaf: KeyLeaf, loaded: Loaded, params: SqlParameters): readonly Place[] {
  const keys = leaf.exactKey === true ? [leaf.key] : attributeAliases(leaf.key);
  return keys.flatMap((key) => placesOfKey(key, loaded, params));
}

function placesOfKey(key: string, loaded: Loaded, params: SqlParameters): readonly Place[] {
  const known = loaded.places.get(key);
  if (known === undefined) return [];
  const places: Place[] = [];
  const maps = new Set<string>();
  for (const place of known) {
    if (place.on === 'resource') {
      if (!maps.has('resource')) places.push(resourcePlace(key, params));
      maps.add('resource');
    } else if (place.promoted) {
      places.push(promotedPlace(key));
    } else {
      const [holds, map] = MAPS[place.type as keyof typeof MAPS] ?? (['other', 'attributes_other'] as const);
      if (!maps.has(map)) places.push(mapPlace(holds, map, key, loaded, params));
      maps.add(map);
    }
  }
  return places;
}

function promotedPlace(key: string): Place {
  const value = promotedColumn(key);
  return PROMOTED_ATTRIBUTES.get(key) === 'uint16'
    ? { holds: 'uint16', value }
    : { holds: 'text', value, isPresent: `${value} != ''` };
}

function mapPlace(
  holds: Exclude<Place['holds'], 'uint16'>,
  map: string,
  key: string,
  loaded: Loaded,
  params: SqlParameters,
): Place {
  const name = params.text(key);
  const column = holds === 'text' ? loaded.columns.get(key) : undefined;
  return {
    holds,
    value: column === undefined ? `${map}[${name}]` : quoteColumn(column),
    isPresent: `mapContains(${map}, ${name})`,
  };
}

/** The resource is LowCardinality text, so this runs once per distinct resource, not per span. */
function resourcePlace(key: string, params: SqlParameters): Place {
  if (key === 'service.name') {
    return { holds: 'text', value: 'service', isPresent: `JSONHas(resource, 'text', 'service.name')` };
  }
  const name = params.text(key);
  return {
    holds: 'text',
    value: `JSONExtractString(resource, 'text', ${name})`,
    isPresent: `JSONHas(resource, 'text', ${name})`,
  };
}

export const quoteColumn = (name: string): string =>
  `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
