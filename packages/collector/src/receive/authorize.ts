import { receiveError } from './receive-error.ts';

/**
 * Decides who may send spans. Called for every request. 503: it cannot be known now, so the sender keeps its spans and
 * tries again, which after a 401 it does not (OTLP, "Failures").
 */
export type Authorize = (request: {
  readonly authorization?: string;
  readonly remoteAddress?: string;
}) => Promise<
  | { readonly ok: true; readonly projects: 'all' | readonly string[] }
  | { readonly ok: false; readonly status: 401 | 403 | 503; readonly message: string }
>;

const RETRY_AFTER_MS = 2_000;

/** The projects the sender may write to. @throws {ReceiveError} 401, 403 or 503 */
export async function authorizedProjects(
  authorize: Authorize | undefined,
  authorization: string | undefined,
  remoteAddress: string | undefined,
): Promise<'all' | readonly string[]> {
  if (authorize === undefined) return 'all';
  const answer = await authorize({
    ...(authorization === undefined ? {} : { authorization }),
    ...(remoteAddress === undefined ? {} : { remoteAddress }),
  });
  if (!answer.ok)
    throw receiveError(answer.status, answer.message, answer.status === 503 ? RETRY_AFTER_MS : undefined);
  return answer.projects;
}
