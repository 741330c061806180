import type { Theme } from '../app/theme.ts';
import { ServiceSlots } from './service-slots.ts';

/**
 * Sixteen colours for each theme, slot by slot of about the same hue. Every one has a contrast of 4.5 to the surface
 * it stands on (names are written on and beside it), is apart from every other and from the red of errors.
 * The test measures all of that.
 */
export const servicePalette: Readonly<Record<Theme, readonly string[]>> = {
  // biome-ignore format: a table of slots
  dark: [
    '#90b810', '#a868f0', '#f8c0e0', '#00b8e0', '#48f8c8', '#c07830', '#f8d060', '#f868c0',
    '#409870', '#1888f8', '#b0a0e0', '#90d8f8', '#d8a880', '#a8e848', '#b07898', '#00c898',
  ],
  // biome-ignore format: a table of slots
  light: [
    '#706808', '#b040b0', '#901040', '#4078a8', '#086058', '#804838', '#505018', '#780088',
    '#188800', '#2038b0', '#7058e0', '#205890', '#986848', '#408058', '#a81878', '#186818',
  ],
};

const storageKey = 'utxoiq.service-colors';
const maxStored = 64;

/** The slots of last time, so that a service keeps its colour from page to page and from day to day. */
function storedSlots(): ServiceSlots {
  const restored = new ServiceSlots(servicePalette.dark);
  try {
    const stored: unknown = JSON.parse(globalThis.window?.localStorage.getItem(storageKey) ?? '{}');
    if (typeof stored === 'object' && stored !== null) restored.restore({ ...stored });
  } catch {
    // What does not parse, or may not be read, is as good as nothing: names get their colours anew.
  }
  return restored;
}

const slots = storedSlots();

/** Services that will be seen together: their colours then depend on their names, not on who is drawn first. */
export function knowServices(services: Iterable<string>): void {
  for (const name of [...new Set(services)].sort()) slots.slotOf(name);
  try {
    const kept = Object.fromEntries([...slots.entries()].slice(0, maxStored));
    globalThis.window?.localStorage.setItem(storageKey, JSON.stringify(kept));
  } catch {
    // A full or forbidden storage costs nothing but the same colours next time.
  }
}

/** The same colour for a service in lists, traces and maps. */
export function serviceColor(service: string, theme: Theme): string {
  return servicePalette[theme][slots.slotOf(service)] ?? servicePalette[theme][0] ?? '';
}
