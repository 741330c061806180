import type { FastifyInstance } from 'fastify';

const defaultGraceMs = 5000;

/**
 * Answers what is under way, then closes; after `graceMs` it hangs up on whoever is still there. Without that, one
 * caller who never sends the rest of a request would keep the program from ending: a closing server watches no timeouts.
 */
export async function closeInTime(app: FastifyInstance, graceMs: number = defaultGraceMs): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), graceMs);
  try {
    await app.close();
  } finally {
    clearTimeout(timer);
  }
}
