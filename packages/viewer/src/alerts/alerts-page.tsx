import { useEffect, useState } from 'react';
import {
  useAlertChange,
  useAlertHistory,
  useAlertRules,
  useAlerts,
  useTestNotification,
} from '../api/alerts.ts';
import { useSession } from '../app/session.ts';
import { useShortcuts } from '../app/shortcuts.tsx';
import { useUrlState } from '../app/url-state.ts';
import { Icon } from '../design/icon.tsx';
import { RefreshButton } from '../design/refresh-button.tsx';
import { Failure, Loading } from '../design/states.tsx';
import { formatMoment } from '../time/format.ts';
import { AlertHistory } from './alert-history.tsx';
import { AlertRules } from './alert-rules.tsx';
import { AlertsNow } from './alerts-now.tsx';
import { RuleEditor } from './rule-editor.tsx';
import './alerts.css';

export function AlertsPage() {
  const [{ rule }] = useUrlState();
  useEffect(() => {
    document.title = 'Alerts · utxoIQ Tracing';
  }, []);
  const { data: session } = useSession();
  const isAdmin = session?.roles.includes('admin') === true;
  return (
    <main className="alerts-page">
      {rule === undefined ? (
        <Overview isAdmin={isAdmin} />
      ) : (
        <RuleEditor key={rule} id={rule} isAdmin={isAdmin} />
      )}
    </main>
  );
}

function Overview({ isAdmin }: { isAdmin: boolean }) {
  const [, update] = useUrlState();
  const alerts = useAlerts();
  const rules = useAlertRules();
  const history = useAlertHistory();
  const change = useAlertChange();
  const nowMs = useMinute();
  const makeRule = () => update({ rule: 'new' });
  const refresh = () => void Promise.all([alerts.refetch(), rules.refetch(), history.refetch()]);
  useShortcuts('Alerts', [
    { keys: 'r', label: 'Refresh', run: refresh },
    ...(isAdmin ? [{ keys: 'n', label: 'New rule', run: makeRule }] : []),
  ]);
  const answers = [alerts, rules, history];
  const failed = answers.find(({ isLoadingError }) => isLoadingError);
  const stale = answers.find(({ isRefetchError }) => isRefetchError);
  return (
    <>
      <div className="toolbar">
        <h1>Alerts</h1>
        <span className="spread" />
        {isAdmin && (alerts.data?.targets.length ?? 0) > 0 && <TestButton />}
        {isAdmin && (
          <button type="button" className="button primary" onClick={makeRule} title="New rule (n)">
            <Icon name="plus" /> New rule
          </button>
        )}
        <RefreshButton onRefresh={refresh} />
      </div>
      {alerts.isFetching ? <div className="loading-bar" /> : <div className="loading-rest" />}
      {failed !== undefined && <Failure error={failed.error} what="the alerts" retry={refresh} />}
      {failed === undefined && (alerts.data === undefined || rules.data === undefined) && (
        <Loading what="the alerts" />
      )}
      {failed === undefined && alerts.data !== undefined && rules.data !== undefined && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by key
        <section className="alerts-body scroll" tabIndex={0} aria-label="Alerts">
          {stale !== undefined && (
            <p className="notice bad-notice" role="alert">
              <Icon name="warning" /> This is from {formatMoment(stale.dataUpdatedAt, nowMs)} and could not be
              read again: {stale.error?.message}
            </p>
          )}
          {change.isError && (
            <p className="notice bad-notice" role="alert">
              <Icon name="warning" /> {change.error.message}
            </p>
          )}
          {alerts.data.failing_rules > 0 && (
            <p className="notice bad-notice" role="status">
              <Icon name="warning" />
              {alerts.data.failing_rules === 1 ? 'One rule' : `${alerts.data.failing_rules} rules`} could not
              be evaluated: their alerts are as they were. The rules below say why.
            </p>
          )}
          {isAdmin && alerts.data.targets.length === 0 && (
            <p className="notice">
              Nobody is notified yet: set ALERTS_WEBHOOK_URL or ALERTS_SLACK_WEBHOOK_URL and start again.
            </p>
          )}
          <AlertsNow list={alerts.data} isAdmin={isAdmin} change={change} nowMs={nowMs} />
          <AlertRules rules={rules.data} isAdmin={isAdmin} change={change} nowMs={nowMs} />
          {history.data !== undefined && <AlertHistory records={history.data} nowMs={nowMs} />}
        </section>
      )}
    </>
  );
}

function TestButton() {
  const test = useTestNotification();
  const failed = test.data?.filter(({ ok }) => !ok) ?? [];
  const said = test.isError
    ? test.error.message
    : test.data === undefined
      ? ''
      : failed.length === 0
        ? 'The test arrived.'
        : failed.map(({ target, reason }) => `${target}: ${reason}`).join('; ');
  return (
    <>
      <span role="status" className={test.isError || failed.length > 0 ? 'bad clip' : 'muted clip'}>
        {said}
      </span>
      <button type="button" className="button" disabled={test.isPending} onClick={() => test.mutate()}>
        Send a test
      </button>
    </>
  );
}

/** Now, moved on once in a while, so that "4 min" becomes "5 min". */
function useMinute(): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 15_000);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}
