import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_MS = 50;
const LONGEST_MS = 5_000;

/**
 * Tries until it succeeds or the signal ends it, waiting longer after every failure, with jitter so that
 * several collectors do not come back at once. The first failure and every minute of them are reported.
 */
export async function untilDone(
  attempt: () => Promise<void>,
  options: { readonly signal: AbortSignal; readonly onFailure: (error: unknown, failures: number) => void },
): Promise<'done' | 'aborted'> {
  let waitMs = FIRST_MS;
  for (let failures = 1; !options.signal.aborted; failures++) {
    try {
      await attempt();
      return 'done';
    } catch (error) {
      if (options.signal.aborted) break;
      options.onFailure(error, failures);
    }
    const jittered = waitMs * (0.75 + Math.random() / 2);
    // An abort during the wait is seen by the loop's condition.
    await sleep(jittered, undefined, { signal: options.signal }).catch(() => {});
    waitMs = Math.min(waitMs * 2, LONGEST_MS);
  }
  return 'aborted';
}
