import { useSyncExternalStore } from 'react';

/**
 * The moment that relative time ranges ("last hour") end at. It moves only when somebody asks: a refresh, a
 * new range or the live tail. So every part of a page sees the same range, pages do not shift while one
 * reads, and going back finds the answers still cached.
 */
let nowMs = Date.now();
const listeners = new Set<() => void>();

export function tickClock(): void {
  nowMs = Date.now();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useClock(): number {
  return useSyncExternalStore(subscribe, () => nowMs);
}
