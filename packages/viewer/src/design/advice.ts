import { ApiError, isCutOff } from '../api/client.ts';

/** What to do about an error, by what the server said. */
export function adviceFor(error: unknown): string {
  if (isCutOff(error))
    return 'The platform does not answer. Check that it runs (npm start) and that this machine reaches it, then try again.';
  if (!(error instanceof ApiError))
    return 'This is a fault of the viewer itself. Reload the page; if it comes back, report it with the address above.';
  if (error.nextStep !== null) return error.nextStep;
  if (error.status === 403)
    return 'Your token does not allow this. Ask for the role or the project named here, or switch the project in the top bar.';
  if (isRefused(error)) return 'Asking again would give the same answer: correct what is named here.';
  if (error.status === 404)
    return 'It may not have arrived yet, may be past its retention, or may belong to a project you do not see.';
  if (error.status === 503 || error.status === 429)
    return 'The platform is busy. It is safe to try again in a few seconds.';
  return 'Try again; if it persists, the log of the platform has the details under this correlation id.';
}

/** Whether the same question can only be refused again. */
export function isRefused(error: unknown): boolean {
  return error instanceof ApiError && error.status === 400;
}
