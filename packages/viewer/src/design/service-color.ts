import type { Theme } from '../app/theme.ts';

/**
 * Sixteen hues, far apart and none of them the red of errors. A service takes the slot its name hashes to,
 * or the next free one, and keeps it while the page is open: the same colour in lists, traces and maps.
 */
const hues = [212, 162, 276, 90, 188, 310, 58, 236, 136, 330, 200, 108, 258, 174, 292, 74] as const;
const slots = new Map<string, number>();
const taken = new Set<number>();

function hashOf(text: string): number {
  let hash = 2166136261;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 16777619);
  }
  return hash >>> 0;
}

function slotOf(service: string): number {
  const known = slots.get(service);
  if (known !== undefined) return known;
  const preferred = hashOf(service) % hues.length;
  let slot = preferred;
  while (taken.has(slot) && taken.size < hues.length) slot = (slot + 1) % hues.length;
  slots.set(service, slot);
  taken.add(slot);
  return slot;
}

export function serviceColor(service: string, theme: Theme): string {
  const slot = slotOf(service);
  const hue = hues[slot] ?? 212;
  const lift = slot % 2 === 0 ? 0 : 5;
  return theme === 'dark' ? `hsl(${hue} 52% ${60 + lift}%)` : `hsl(${hue} 58% ${44 - lift}%)`;
}
