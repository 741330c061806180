import { NAME_FALLBACKS, SERVICE_KEYS } from '../service-resource.ts';

const encoder = new TextEncoder();

/** Attributes that make the resource, in the order of `ServiceResources`; the first four are its keys. */
const RESOURCE_KEYS = [...SERVICE_KEYS, ...NAME_FALLBACKS].map((key) => encoder.encode(key));
export const RESOURCE_SLOTS = RESOURCE_KEYS.length;
/** Which of them have a length: most keys are of none, and need no look inside. */
const SLOTS_OF_LENGTH: (readonly number[] | undefined)[] = [];
for (const [slot, { length }] of RESOURCE_KEYS.entries()) {
  SLOTS_OF_LENGTH[length] = [...(SLOTS_OF_LENGTH[length] ?? []), slot];
}
const SERVICES = SERVICE_KEYS.length;

const NONE: readonly number[] = [];

/** Which slots make a resource: the service's own keys, its name from where else it may stand. */
export function resourceSlots(at: Int32Array): readonly number[] {
  const slots: number[] = [];
  for (let slot = 0; slot < SERVICES; slot++) if (at[slot * 2] !== -1) slots.push(slot);
  if (slots[0] === 0) return slots;
  for (let slot = SERVICES; slot < RESOURCE_KEYS.length; slot++) {
    if (at[slot * 2] === -1) continue;
    return at[slot * 2] === at[slot * 2 + 1] ? slots : [slot, ...slots];
  }
  return slots;
}

export const resourceKey = (slot: number): Uint8Array =>
  RESOURCE_KEYS[slot < SERVICES ? slot : 0] as Uint8Array;

/** Which of the slots an attribute's key is; -1: none. */
export function slotOf(bytes: Uint8Array, at: number, length: number): number {
  for (const slot of SLOTS_OF_LENGTH[length] ?? NONE) {
    if (isAt(bytes, at, RESOURCE_KEYS[slot] as Uint8Array)) return slot;
  }
  return -1;
}

export function isAt(bytes: Uint8Array, at: number, expected: Uint8Array): boolean {
  for (let index = 0; index < expected.length; index++) {
    if (bytes[at + index] !== expected[index]) return false;
  }
  return true;
}
