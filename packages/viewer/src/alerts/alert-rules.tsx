import type { UseMutationResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { AlertChange, RuleItem } from '../api/alerts.ts';
import { sharedUrlState, type UrlState } from '../app/url-state.ts';
import { remainingText } from './alert-words.ts';
import { SeverityChip } from './chips.tsx';
import { SilenceMenu } from './silence-menu.tsx';

interface AlertRulesProps {
  readonly rules: readonly RuleItem[];
  readonly isAdmin: boolean;
  readonly change: UseMutationResult<Response, Error, AlertChange>;
  readonly nowMs: number;
}

/** All rules, each with what it watches and whether it could be evaluated. */
export function AlertRules({ rules, isAdmin, change, nowMs }: AlertRulesProps) {
  return (
    <section className="panel" aria-label="Rules">
      <div className="panel-head">
        <h2>Rules</h2>
        <span className="muted">{rules.length}</span>
      </div>
      {rules.length === 0 && <p className="alerts-quiet muted">No rule watches anything.</p>}
      <ul className="alert-list">
        {rules.map((rule) => (
          <li key={rule.id} className="rule-row">
            <div className="alert-what">
              <div className="line">
                <Link
                  to="/alerts"
                  search={(state: UrlState) => ({ ...sharedUrlState(state), rule: rule.id })}
                  className="clip"
                >
                  {rule.name}
                </Link>
                <SeverityChip severity={rule.severity} />
              </div>
              <div className="faint">
                {rule.condition} · {watchedText(rule)}
              </div>
            </div>
            <RuleState rule={rule} nowMs={nowMs} />
            {isAdmin && (
              <div className="alert-actions">
                <SilenceMenu
                  ruleId={rule.id}
                  ruleName={rule.name}
                  silencedUntil={rule.silenced_until}
                  change={change}
                />
                <label className="switch">
                  <input
                    type="checkbox"
                    checked={rule.enabled}
                    aria-label={`${rule.name} enabled`}
                    onChange={(event) =>
                      change.mutate({
                        method: 'PUT',
                        path: `/rules/${encodeURIComponent(rule.id)}`,
                        body: { ...rule, enabled: event.target.checked },
                      })
                    }
                  />
                  <span>On</span>
                </label>
              </div>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function RuleState({ rule, nowMs }: { rule: RuleItem; nowMs: number }) {
  if (rule.evaluation.status === 'failed')
    return (
      <span className="bad rule-state" title={rule.evaluation.message ?? ''}>
        Could not be evaluated: {rule.evaluation.message}
      </span>
    );
  if (rule.evaluation.status === 'disabled') return <span className="faint rule-state">off</span>;
  if (rule.silenced_until !== null)
    return <span className="muted rule-state">silent, {remainingText(rule.silenced_until, nowMs)}</span>;
  return <span className="rule-state" />;
}

const spansWords: Readonly<Record<string, string>> = {
  requests: 'requests',
  roots: 'root spans',
  all: 'all spans',
};

function watchedText({ service, operation, group_by, spans, filter_str }: RuleItem): string {
  const where = service === null ? (group_by === 'service' ? 'each service' : 'everything') : service;
  const parts = [where, operation, spansWords[spans] ?? spans, filter_str];
  return parts.filter((part) => part !== null && part !== '').join(' · ');
}
