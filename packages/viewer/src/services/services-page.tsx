import { useEffect, useMemo } from 'react';
import { useScope, useServices, useTimeseries } from '../api/queries.ts';
import { tickClock } from '../app/clock.ts';
import { useShortcuts } from '../app/shortcuts.tsx';
import { useUrlState } from '../app/url-state.ts';
import { RefreshButton } from '../design/refresh-button.tsx';
import { Empty, Failure, PartialNotice } from '../design/states.tsx';
import { FilterBar } from '../explore/filter-bar.tsx';
import { equalsTerm } from '../explore/filter-terms.ts';
import { Pending } from '../explore/pending.tsx';
import { RangePicker } from '../time/range-picker.tsx';
import { Operations } from './operations.tsx';
import { pointsOf } from './points-of.ts';
import { RedTable } from './red-table.tsx';
import './services.css';

export function ServicesPage() {
  const [state, update] = useUrlState();
  const scope = useScope();
  const services = useServices(scope);
  const series = useTimeseries(scope, 40, 'service');
  useShortcuts('Services', [{ keys: 'r', label: 'Refresh', run: tickClock }]);
  useEffect(() => {
    document.title = 'Services · utxoIQ Tracing';
  }, []);
  const rows = useMemo(
    () =>
      (services.data?.data ?? []).map((one) => ({
        ...one,
        name: one.service,
        note: '',
        filter: equalsTerm('service', one.service),
        points: pointsOf(series.data?.data, one.service, scope.range),
      })),
    [services.data, series.data, scope.range],
  );
  return (
    <main className="services-page">
      <div className="toolbar">
        <h1>Services</h1>
        <FilterBar scope={scope} />
        <RangePicker />
        <RefreshButton onRefresh={tickClock} />
      </div>
      {services.isFetching ? <div className="loading-bar" /> : <div className="loading-rest" />}
      {services.data?.partial != null && (
        <PartialNotice
          reason={services.data.partial}
          advice="Choose a shorter time range to see all services."
        />
      )}
      {services.isPending && <Pending scope={scope} what="the services" />}
      {services.isError && (
        <Failure error={services.error} what="the services" retry={() => void services.refetch()} />
      )}
      {services.isSuccess && rows.length === 0 && (
        <Empty
          title={
            state.q === undefined
              ? 'No service sent spans in this time range'
              : 'No service has spans that match in this time range'
          }
        >
          <p>Choose a longer range above, or check that your services export to this platform.</p>
          {state.q !== undefined && (
            <button type="button" className="button" onClick={() => update({ q: undefined })}>
              Clear the filter
            </button>
          )}
        </Empty>
      )}
      {rows.length > 0 && (
        <div className="services-body">
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by key */}
          <section className="panel scroll" tabIndex={0} aria-label="Services">
            <RedTable
              rows={rows}
              scope={scope}
              what="Service"
              chosen={state.service}
              onChoose={(name) => update({ service: state.service === name ? undefined : name })}
            />
          </section>
          {state.service !== undefined && <Operations scope={scope} service={state.service} />}
        </div>
      )}
    </main>
  );
}
