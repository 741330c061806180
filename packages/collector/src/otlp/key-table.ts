/** An attribute key: one object per text, so that a span's keys can be told apart without comparing texts. */
export interface Key {
  readonly text: string;
  /** The span (by serial number) that had this key last, and at which place among its attributes. */
  seenBy: number;
  seenAt: number;
}

const MAX_KEYS = 1 << 16;

/** All keys seen lately. Emptied between requests when it grew too large, never within one. */
export class KeyTable {
  #keys = new Map<string, Key>();

  readonly get = (text: string): Key => {
    let key = this.#keys.get(text);
    if (key === undefined) {
      key = { text, seenBy: -1, seenAt: 0 };
      this.#keys.set(text, key);
    }
    return key;
  };

  /** Whether it grew too large and was emptied; what caches its keys must be emptied too. */
  trim(): boolean {
    if (this.#keys.size <= MAX_KEYS) return false;
    this.#keys = new Map();
    return true;
  }
}
