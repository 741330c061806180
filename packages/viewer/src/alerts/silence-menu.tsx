import type { UseMutationResult } from '@tanstack/react-query';
import type { AlertChange } from '../api/alerts.ts';
import { Popover } from '../design/popover.tsx';

const choices = [
  { minutes: 30, label: '30 minutes' },
  { minutes: 60, label: '1 hour' },
  { minutes: 240, label: '4 hours' },
  { minutes: 1440, label: '1 day' },
  { minutes: 10_080, label: '1 week' },
] as const;

interface SilenceMenuProps {
  readonly ruleId: string;
  readonly ruleName: string;
  readonly silencedUntil: string | null;
  readonly change: UseMutationResult<Response, Error, AlertChange>;
}

/** Silences a rule for a while, or ends its silence. */
export function SilenceMenu({ ruleId, ruleName, silencedUntil, change }: SilenceMenuProps) {
  const path = `/rules/${encodeURIComponent(ruleId)}/silence`;
  if (silencedUntil !== null) {
    return (
      <button
        type="button"
        className="button small"
        aria-label={`Notify again of ${ruleName}`}
        onClick={() => change.mutate({ method: 'DELETE', path })}
      >
        Unsilence
      </button>
    );
  }
  return (
    <Popover label="Silence" name={`Silence ${ruleName}`} className="button small" end>
      {(close) => (
        <div className="stack">
          <span className="menu-item muted">The whole rule, for</span>
          {choices.map(({ minutes, label }) => (
            <button
              key={minutes}
              type="button"
              className="menu-item"
              onClick={() => {
                close();
                change.mutate({ method: 'POST', path, body: { minutes } });
              }}
            >
              {label}
            </button>
          ))}
        </div>
      )}
    </Popover>
  );
}
