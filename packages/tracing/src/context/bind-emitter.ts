import type { EventEmitter } from 'node:events';
import type { Context } from '@opentelemetry/api';

type Listener = (...args: unknown[]) => unknown;
type Method<T> = (this: T, event: string | symbol, listener: Listener) => T;
type Bind = (context: Context, listener: Listener) => Listener;

const ADD = ['addListener', 'on', 'once', 'prependListener', 'prependOnceListener'] as const;
const REMOVE = ['removeListener', 'off'] as const;
const BOUND = Symbol('utxoiq.bound-emitter');

/**
 * Makes every listener added to `emitter` from now on run in `context`. A listener's bound form is kept per
 * event, so that removing the original removes it.
 */
export function bindEmitter<T extends EventEmitter>(context: Context, emitter: T, bind: Bind): T {
  if (BOUND in emitter) return emitter;
  Object.defineProperty(emitter, BOUND, { value: true });
  const methods = emitter as unknown as Record<string, (event: string | symbol, listener: Listener) => T>;
  const boundOf = new Map<string | symbol, WeakMap<Listener, Listener>>();
  let adding = false;
  const remember = (event: string | symbol, listener: Listener): Listener => {
    const listeners = boundOf.get(event) ?? new WeakMap<Listener, Listener>();
    // The same form each time: who adds a listener twice removes it twice.
    const bound = listeners.get(listener) ?? bind(context, listener);
    boundOf.set(event, listeners.set(listener, bound));
    return bound;
  };
  for (const method of ADD) {
    const original = emitter[method] as Method<T>;
    methods[method] = function (this: T, event, listener) {
      // once() adds its own wrapper through on(): binding that as well would hide it from removeListener().
      if (adding) return original.call(this, event, listener);
      adding = true;
      try {
        return original.call(this, event, remember(event, listener));
      } finally {
        adding = false;
      }
    };
  }
  for (const method of REMOVE) {
    const original = emitter[method] as Method<T>;
    methods[method] = function (this: T, event, listener) {
      return original.call(this, event, boundOf.get(event)?.get(listener) ?? listener);
    };
  }
  return emitter;
}
