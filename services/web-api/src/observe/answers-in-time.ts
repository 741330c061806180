const timeoutMs = 2000;

/** Whether the engine answers; one that takes a statement and hangs does not, and nobody waits for it longer than this. */
export async function answersInTime(
  ping: () => Promise<void>,
  { afterMs = timeoutMs } = {},
): Promise<boolean> {
  const { promise: tooLate, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(resolve, afterMs, false);
  const answered = ping().then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([answered, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
