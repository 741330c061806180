import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { flushOnExit } from './exit-flush.ts';

describe('flushOnExit', () => {
  const undo: (() => void)[] = [];
  const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
  const arrives = () => undo.push(flushOnExit(async () => true, vi.fn()));
  const receiveSignal = async () => {
    process.emit('SIGTERM', 'SIGTERM');
    await new Promise(setImmediate);
  };
  const others = process.listeners('SIGTERM');
  beforeEach(() => {
    kill.mockClear();
    process.removeAllListeners('SIGTERM');
  });
  afterEach(() => {
    for (const stop of undo.splice(0)) stop();
    process.removeAllListeners('SIGTERM');
    for (const listener of others) process.on('SIGTERM', listener);
  });

  it("leaves the end to the program's handler, one that was added by once() as well", async () => {
    const graceful = vi.fn();
    process.once('SIGTERM', graceful);
    arrives();
    await receiveSignal();
    expect(graceful).toHaveBeenCalledOnce();
    expect(kill).not.toHaveBeenCalled();
  });

  it('passes the signal on once, whichever of several services is the last', async () => {
    arrives();
    arrives();
    await receiveSignal();
    expect(kill.mock.calls).toEqual([[process.pid, 'SIGTERM']]);
  });

  it('does not begin anew when the process runs empty and the collector stays away', async () => {
    const flush = vi.fn(async () => false);
    undo.push(flushOnExit(flush, vi.fn()));
    for (let i = 0; i < 3; i++) {
      process.emit('beforeExit', 0);
      await new Promise(setImmediate);
    }
    expect(flush).toHaveBeenCalledOnce();
  });
});
