const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** On the handlers of all services of the process, of other copies of this package too: they are not the program's own. */
const OURS = Symbol.for('utxoiq.tracing.flush-on-signal');

/**
 * Flushes before the process goes: when it runs empty, and on SIGTERM and SIGINT. Where the program has no
 * handler of its own for the signal, ours passes it on afterwards, so that the process still ends by it. Where it goes
 * without waiting, by `process.exit()` or an error that nobody caught, `leave` has its last moment, which is synchronous.
 */
export function flushOnExit(flush: () => Promise<boolean>, leave: () => void): () => void {
  let flushing: Promise<boolean> | null = null;
  let isAway = false;
  const once = () => (flushing ??= flush().finally(() => (flushing = null)));
  // It comes again after all that was done for it: a collector that stays away would hold the process for ever.
  const onBeforeExit = () => {
    if (!isAway) void once().then((arrived) => (isAway = !arrived));
  };
  const onSignal = (signal: NodeJS.Signals) => {
    const alone = process.listeners(signal).every((listener) => OURS in listener);
    void once().then(() => {
      if (!alone) return;
      process.off(signal, onSignal);
      // The last of several services passes it on.
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    });
  };
  onSignal[OURS] = true;
  process.on('beforeExit', onBeforeExit);
  process.on('exit', leave);
  // First in line: a handler that the program added by `once` is gone from the list when it is called.
  for (const signal of SIGNALS) process.prependListener(signal, onSignal);
  return () => {
    process.off('beforeExit', onBeforeExit);
    process.off('exit', leave);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}
