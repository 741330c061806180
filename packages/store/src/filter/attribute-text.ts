import { isPresentAt } from './attribute-condition.ts';
import type { Place } from './attribute-places.ts';

/** The value of an attribute as text, from the first place that has it; null where none has. */
export function textOfPlaces(places: readonly Place[]): string {
  const branches = places.map((place) => `${isPresentAt(place)}, ${textAt(place)}`);
  return branches.length === 0 ? "CAST(NULL, 'Nullable(String)')" : `multiIf(${branches.join(', ')}, NULL)`;
}

/** A value that is there, as text. */
export function textAt(place: Place): string {
  if (place.holds === 'bool') return `if(${place.value}, 'true', 'false')`;
  return `toString(${place.value})`;
}
