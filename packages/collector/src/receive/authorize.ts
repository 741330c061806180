import { receiveError } from './receive-error.ts';

/** Decides who may send spans. Called for every request. */
export type Authorize = (request: {
  readonly authorization?: string;
  readonly remoteAddress?: string;
}) => Promise<
  | { readonly ok: true; readonly projects: 'all' | readonly string[] }
  | { readonly ok: false; readonly status: 401 | 403; readonly message: string }
>;

/** The projects the sender may write to. @throws {ReceiveError} 401 or 403 */
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
  if (!answer.ok) throw receiveError(answer.status, answer.message);
  return answer.projects;
}
