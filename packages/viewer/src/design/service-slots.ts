import { colorDistance } from './color-distance.ts';

/** Closer than this (see `colorDistance`), two colours are told apart but not at a glance. */
const nearDistance = 0.17;

function hashOf(text: string): number {
  let hash = 2166136261;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 16777619);
  }
  return hash >>> 0;
}

/**
 * Gives names slots of a palette: the one its name hashes to; if that one or one that looks alike is taken, the next
 * that is neither; if there is none, the next that is free; if all are taken, one of those with the fewest names.
 */
export class ServiceSlots {
  readonly #near: readonly (readonly boolean[])[];
  readonly #uses: number[];
  readonly #slots = new Map<string, number>();

  constructor(palette: readonly string[]) {
    this.#near = palette.map((one) => palette.map((other) => colorDistance(one, other) < nearDistance));
    this.#uses = palette.map(() => 0);
  }

  /** Slots that names had before; what is no such list is left out. */
  restore(names: Readonly<Record<string, unknown>>): void {
    for (const [name, slot] of Object.entries(names)) {
      if (typeof slot === 'number' && this.#uses[slot] !== undefined) this.#take(name, slot);
    }
  }

  entries(): Iterable<[string, number]> {
    return this.#slots;
  }

  slotOf(name: string): number {
    const known = this.#slots.get(name);
    if (known !== undefined) return known;
    const slot = this.#choose(hashOf(name));
    this.#take(name, slot);
    return slot;
  }

  #take(name: string, slot: number): void {
    if (this.#slots.has(name)) return;
    this.#slots.set(name, slot);
    this.#uses[slot] = (this.#uses[slot] ?? 0) + 1;
  }

  #choose(hash: number): number {
    const size = this.#uses.length;
    const probes = this.#uses.map((_, step) => (hash + step) % size);
    const fewest = Math.min(...this.#uses);
    const isClear = (slot: number) =>
      this.#uses.every((uses, other) => uses === 0 || this.#near[slot]?.[other] !== true);
    const isFree = (slot: number) => this.#uses[slot] === fewest;
    return probes.find(isClear) ?? probes.find(isFree) ?? 0;
  }
}
