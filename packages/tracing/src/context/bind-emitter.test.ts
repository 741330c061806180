import { EventEmitter } from 'node:events';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { expect, it } from 'vitest';
import { AsyncContextManager } from './context-manager.ts';

it('a listener that was added twice is removed twice, as without a context', () => {
  const emitter = new AsyncContextManager().bind(ROOT_CONTEXT, new EventEmitter());
  const listener = () => {};
  emitter.on('x', listener).once('x', listener).on('x', listener);
  for (const left of [2, 1, 0]) expect(emitter.off('x', listener).listenerCount('x')).toBe(left);
});
