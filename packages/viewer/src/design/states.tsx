import type { ReactNode } from 'react';
import { ApiError, isCutOff } from '../api/client.ts';
import { Icon } from './icon.tsx';

export function Loading({ what }: { what: string }) {
  return (
    <div className="state" role="status">
      <div className="loading-bar loading-wide" />
      <p>Loading {what}…</p>
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="state">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** What to do about an error, by what the server said. */
function adviceFor(error: unknown): string {
  if (isCutOff(error))
    return 'The platform does not answer. Check that it runs (npm start) and that this machine reaches it, then try again.';
  if (!(error instanceof ApiError))
    return 'This is a fault of the viewer itself. Reload the page; if it comes back, report it with the address above.';
  if (error.nextStep !== null) return error.nextStep;
  if (error.status === 403)
    return 'Your token does not allow this. Ask for the role or the project named here, or switch the project in the top bar.';
  if (error.status === 400)
    return 'The request was refused as it stands. Check the filter and the time range.';
  if (error.status === 404)
    return 'It may not have arrived yet, may be past its retention, or may belong to a project you do not see.';
  if (error.status === 503 || error.status === 429)
    return 'The platform is busy. It is safe to try again in a few seconds.';
  return 'Try again; if it persists, the log of the platform has the details under this correlation id.';
}

export function Failure({ error, retry, what }: { error: unknown; retry?: () => void; what: string }) {
  const message = error instanceof Error ? error.message : String(error);
  return (
    <div className="state" role="alert">
      <h2 className="line">
        <Icon name="warning" /> Could not load {what}
      </h2>
      <p>{message}</p>
      <p className="faint">{adviceFor(error)}</p>
      {error instanceof ApiError && error.correlationId !== null && <code>{error.correlationId}</code>}
      {retry !== undefined && (
        <button type="button" className="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

const partialReasons: Readonly<Record<string, string>> = {
  time: 'the query ran out of its time',
  memory: 'the query reached its memory limit',
  limit: 'the answer reached its size limit',
  sample: 'it was made from the newest 200 traces of the range, as Google has no such query',
};

export function PartialNotice({ reason, advice }: { reason: string; advice: string }) {
  return (
    <div className="notice" role="status">
      <Icon name="warning" />
      <span>
        This is a part of the answer: {partialReasons[reason] ?? reason}. {advice}
      </span>
    </div>
  );
}
