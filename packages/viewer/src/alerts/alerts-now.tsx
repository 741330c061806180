import type { UseMutationResult } from '@tanstack/react-query';
import { useState } from 'react';
import type { AlertChange, AlertItem, AlertList } from '../api/alerts.ts';
import { Icon } from '../design/icon.tsx';
import { formatRecent } from '../time/format.ts';
import { remainingText, sinceText, subjectText } from './alert-words.ts';
import { SeverityChip, StateChip } from './chips.tsx';
import { SilenceMenu } from './silence-menu.tsx';
import { ThresholdLine } from './threshold-line.tsx';
import { TracesLink } from './traces-link.tsx';

interface AlertsNowProps {
  readonly list: AlertList;
  readonly isAdmin: boolean;
  readonly change: UseMutationResult<Response, Error, AlertChange>;
  readonly nowMs: number;
}

/** What needs somebody now; what is quiet is one line until asked for. */
export function AlertsNow({ list, isAdmin, change, nowMs }: AlertsNowProps) {
  const [showsQuiet, setShowsQuiet] = useState(false);
  const { counts, alerts } = list;
  const loud = alerts.filter(({ state }) => state === 'firing' || state === 'pending');
  const shown = showsQuiet ? alerts : loud;
  const quiet = counts.ok + counts.no_data;
  return (
    <section className="panel" aria-label="Alerts now">
      <div className="panel-head">
        <h2>Now</h2>
        <span className={counts.firing > 0 ? 'bad' : 'muted'}>
          {counts.firing === 0 ? 'nothing fires' : `${counts.firing} firing`}
        </span>
        {counts.pending > 0 && <span className="muted">{counts.pending} pending</span>}
        <span className="spread" />
        {quiet > 0 && (
          <button
            type="button"
            className="button small"
            aria-pressed={showsQuiet}
            onClick={() => setShowsQuiet(!showsQuiet)}
          >
            {quiet} quiet
          </button>
        )}
      </div>
      {shown.length === 0 ? (
        <p className="alerts-quiet muted">
          <span className="good">
            <Icon name="check" />
          </span>
          {list.evaluated_at === null
            ? 'The first evaluation is under way.'
            : `No alert fires. Evaluated ${formatRecent(Date.parse(list.evaluated_at), nowMs).slice(0, -4)}.`}
        </p>
      ) : (
        <ul className="alert-list">
          {shown.map((alert) => (
            <AlertRow key={alert.id} alert={alert} isAdmin={isAdmin} change={change} nowMs={nowMs} />
          ))}
        </ul>
      )}
      {showsQuiet && alerts.length < counts.ok + counts.no_data + counts.firing + counts.pending && (
        <p className="alerts-quiet muted">The first {alerts.length} are shown.</p>
      )}
    </section>
  );
}

type RowProps = Pick<AlertsNowProps, 'isAdmin' | 'change' | 'nowMs'> & { readonly alert: AlertItem };

function AlertRow({ alert, isAdmin, change, nowMs }: RowProps) {
  const who = subjectText(alert.service);
  const isOver = alert.state === 'firing' || alert.state === 'pending';
  return (
    <li className={`alert-row is-${alert.state}`}>
      <StateChip state={alert.state} />
      <div className="alert-what">
        <div className="line">
          <strong className="clip">{who}</strong>
          <span className="clip">{alert.rule}</span>
          <SeverityChip severity={alert.severity} />
          {alert.silenced_until !== null && (
            <span className="chip">silent, {remainingText(alert.silenced_until, nowMs)}</span>
          )}
        </div>
        <div className="faint clip" title={alert.condition}>
          {alert.failure === null ? alert.condition : `could not be evaluated: ${alert.failure}`}
        </div>
      </div>
      <ThresholdLine
        values={alert.values}
        threshold={alert.threshold}
        comparison={alert.comparison}
        label={`${alert.rule} of ${who} over the last hour`}
        className="small-course"
      />
      <div className="alert-value">
        <span className={isOver ? 'bad' : ''}>{alert.value_text ?? 'no spans'}</span>
        <span className="faint">
          {alert.state === 'no_data' ? `of ${alert.count} spans` : `limit ${alert.threshold_text}`}
        </span>
      </div>
      <div className="alert-since">
        <span>{sinceText(alert.since, nowMs)}</span>
        <span className="faint">{formatRecent(Date.parse(alert.since), nowMs).slice(0, -7)}</span>
      </div>
      <div className="alert-actions">
        <TracesLink link={alert.link} label={`Traces of ${alert.rule}, ${who}`} />
        {isAdmin && isOver && (
          <SilenceMenu
            ruleId={alert.rule_id}
            ruleName={alert.rule}
            silencedUntil={alert.silenced_until}
            change={change}
          />
        )}
      </div>
    </li>
  );
}
