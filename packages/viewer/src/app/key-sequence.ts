/** The keys that only change others: `?` and `Shift+N` begin with one. */
const modifiers = new Set(['Shift', 'Control', 'Alt', 'AltGraph', 'Meta', 'CapsLock']);
const togetherMs = 1000;

/** Keys as they are pressed, for what is bound to one (`n`) or to two in a row (`g e`). */
export class KeySequence<Found> {
  #before = '';
  #beforeMs = 0;

  /** What `find` knows under the key and the one before it, else under the key alone. */
  next(key: string, nowMs: number, find: (keys: string) => Found | undefined): Found | undefined {
    if (modifiers.has(key.replace(/^(?:Mod\+)?(?:Shift\+)?/, ''))) return undefined;
    const isSecond = this.#before !== '' && nowMs - this.#beforeMs < togetherMs;
    // A key that begins nothing takes nothing away from the one after it.
    const found = (isSecond ? find(`${this.#before} ${key}`) : undefined) ?? find(key);
    this.#before = found === undefined ? key : '';
    this.#beforeMs = nowMs;
    return found;
  }
}
