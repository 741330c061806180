/**
 * What somebody has typed and not saved yet, by its name, until this tab is closed: an expired session, a reload or
 * the back button takes the form off the page, and must not take the work.
 */
const prefix = 'utxoiq.draft.';

export function readDraft<T>(name: string): T | null {
  const text = sessionStorage.getItem(prefix + name);
  return text === null ? null : (JSON.parse(text) as T);
}

export function keepDraft(name: string, value: unknown): void {
  sessionStorage.setItem(prefix + name, JSON.stringify(value));
}

export function forgetDraft(name: string): void {
  sessionStorage.removeItem(prefix + name);
}

/** Whoever signs in next is to see none of it. */
export function forgetDrafts(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(prefix)) sessionStorage.removeItem(key);
}
