import type { ReactNode } from 'react';
import { ApiError } from '../api/client.ts';
import { adviceFor, isRefused } from './advice.ts';
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

export function Failure({ error, retry, what }: { error: unknown; retry?: () => void; what: string }) {
  const message = error instanceof Error ? error.message : String(error);
  return (
    <div className="state" role="alert">
      <h2 className="line">
        <Icon name="warning" /> Could not load {what}
      </h2>
      <p>{message}</p>
      <p className="faint">{adviceFor(error)}</p>
      {error instanceof ApiError && error.correlationId !== null && (
        <p className="faint">
          Correlation id <code>{error.correlationId}</code>
        </p>
      )}
      {retry !== undefined && !isRefused(error) && (
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
