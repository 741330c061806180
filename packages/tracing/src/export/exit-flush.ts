const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Flushes before the process goes: when it runs empty, and on SIGTERM and SIGINT. Where the program has no
 * handler of its own for the signal, ours passes it on afterwards, so that the process still ends by it.
 */
export function flushOnExit(flush: () => Promise<unknown>): () => void {
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
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return () => {
    process.off('beforeExit', onBeforeExit);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}
