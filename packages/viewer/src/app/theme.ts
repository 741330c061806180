import { useSyncExternalStore } from 'react';

export type Theme = 'dark' | 'light';
export type ThemeChoice = Theme | 'system';

const storageKey = 'utxoiq.theme';
const system = window.matchMedia('(prefers-color-scheme: light)');
const listeners = new Set<() => void>();

function storedChoice(): ThemeChoice {
  const stored = window.localStorage.getItem(storageKey);
  return stored === 'dark' || stored === 'light' ? stored : 'system';
}

let choice = storedChoice();
let printing = false;

function currentTheme(): Theme {
  // Paper is light, whatever the screen is.
  if (printing) return 'light';
  if (choice !== 'system') return choice;
  return system.matches ? 'light' : 'dark';
}

export function applyTheme(): void {
  document.documentElement.dataset.theme = currentTheme();
  for (const listener of listeners) listener();
}
system.addEventListener('change', applyTheme);
for (const event of ['beforeprint', 'afterprint']) {
  window.addEventListener(event, () => {
    printing = event === 'beforeprint';
    applyTheme();
  });
}

/** Whether the page is laid out for paper at the moment. */
export const isPrinting = (): boolean => printing;

export function toggleTheme(): void {
  const next = currentTheme() === 'dark' ? 'light' : 'dark';
  // Choosing what the system says anyway goes back to following it.
  choice = (next === 'light') === system.matches ? 'system' : next;
  if (choice === 'system') window.localStorage.removeItem(storageKey);
  else window.localStorage.setItem(storageKey, choice);
  applyTheme();
}

/** The theme in force; canvases redraw when it changes. */
export function useTheme(): Theme {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, currentTheme);
}

/** The tokens a canvas needs, as colours it can draw with. */
export function readToken(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
