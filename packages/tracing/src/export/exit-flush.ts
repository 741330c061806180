const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Flushes before the process goes: when it runs empty, and on SIGTERM and SIGINT. Where the program has no
 * handler of its own for the signal, ours passes it on afterwards, so that the process still ends by it. Where it goes
 * without waiting, by `process.exit()` or an error that nobody caught, `leave` has its last moment, which is synchronous.
 */
export function flushOnExit(flush: () => Promise<unknown>, leave: () => void): () => void {
  let flushing: Promise<unknown> | null = null;
  const once = () => (flushing ??= flush().finally(() => (flushing = null)));
  const onBeforeExit = () => void once();
  const onSignal = (signal: NodeJS.Signals) => {
    const alone = process.listenerCount(signal) === 1;
    void once().then(() => {
      if (!alone) return;
      process.off(signal, onSignal);
      process.kill(process.pid, signal);
    });
  };
  process.on('beforeExit', onBeforeExit);
  process.on('exit', leave);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return () => {
    process.off('beforeExit', onBeforeExit);
    process.off('exit', leave);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}
