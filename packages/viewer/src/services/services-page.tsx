import { Link } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import { type Scope, useOperations, useScope, useServices, useTimeseries } from '../api/queries.ts';
import type { Red, RedPoint, Timeseries } from '../api/types.ts';
import { tickClock } from '../app/clock.ts';
import { useShortcuts } from '../app/shortcuts.tsx';
import { sharedUrlState, type UrlState, useUrlState } from '../app/url-state.ts';
import { fillBuckets } from '../charts/fill-buckets.ts';
import { Icon } from '../design/icon.tsx';
import { ServiceSwatch } from '../design/service-chip.tsx';
import { Sparkline } from '../design/sparkline.tsx';
import { Empty, Failure, Loading, PartialNotice } from '../design/states.tsx';
import { addTerm, equalsTerm } from '../explore/filter-terms.ts';
import { formatDuration, formatRate, formatShare } from '../time/format.ts';
import type { TimeRange } from '../time/range.ts';
import { RangePicker } from '../time/range-picker.tsx';
import './services.css';

const columns = [
  { key: 'count', label: 'Rate' },
  { key: 'errors', label: 'Errors' },
  { key: 'p50_ms', label: 'p50' },
  { key: 'p95_ms', label: 'p95' },
  { key: 'p99_ms', label: 'p99' },
] as const;
type SortKey = (typeof columns)[number]['key'];

interface Row extends Red {
  readonly name: string;
  readonly note: string;
  readonly filter: string;
  readonly points: readonly RedPoint[];
}

function pointsOf(series: Timeseries | undefined, key: string, range: TimeRange): readonly RedPoint[] {
  const found = series?.series.find((one) => one.key === key);
  return found === undefined || series === undefined
    ? []
    : fillBuckets(found.points, series.bucket_ms, range);
}

function sortValue(row: Row, key: SortKey): number {
  return key === 'errors' ? row.errors / Math.max(1, row.count) : row[key];
}

function errorClass(share: number): string {
  return share >= 0.01 ? 'num bad' : share > 0 ? 'num' : 'num faint';
}

interface RedTableProps {
  readonly rows: readonly Row[];
  readonly scope: Scope;
  readonly what: string;
  readonly chosen?: string | undefined;
  readonly onChoose?: (name: string) => void;
}

function RedTable({ rows, scope, what, chosen, onChoose }: RedTableProps) {
  const [state, update] = useUrlState();
  const sort = columns.find(({ key }) => key === state.sort)?.key ?? 'count';
  const seconds = (scope.range.endMs - scope.range.startMs) / 1000;
  const sorted = useMemo(
    () => [...rows].sort((a, b) => sortValue(b, sort) - sortValue(a, sort)),
    [rows, sort],
  );
  return (
    <table className="table red-table">
      <thead>
        <tr>
          <th scope="col">{what}</th>
          {columns.map(({ key, label }) => (
            <th key={key} scope="col" className="num" aria-sort={sort === key ? 'descending' : 'none'}>
              <button
                type="button"
                className="sort"
                aria-pressed={sort === key}
                onClick={() => update({ sort: key === 'count' ? undefined : key }, { replace: true })}
              >
                {label} {sort === key ? '↓' : ''}
              </button>
            </th>
          ))}
          <th scope="col">Rate over time</th>
          <th scope="col">p95 over time</th>
          <th scope="col">
            <span className="visually-hidden">Traces</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {sorted.map((row) => (
          <tr key={`${row.name}\n${row.note}`} className={chosen === row.name ? 'chosen' : undefined}>
            <th scope="row">
              <span className="line">
                {onChoose !== undefined && <ServiceSwatch name={row.name} />}
                {onChoose === undefined ? (
                  <span className="clip">{row.name}</span>
                ) : (
                  <button
                    type="button"
                    className="sort clip"
                    aria-expanded={chosen === row.name}
                    onClick={() => onChoose(row.name)}
                  >
                    {row.name === '' ? '(no service)' : row.name}
                  </button>
                )}
                <span className="faint">{row.note}</span>
              </span>
            </th>
            <td className="num">{formatRate(row.count / seconds)}</td>
            <td className={errorClass(row.errors / Math.max(1, row.count))}>
              {formatShare(row.errors / Math.max(1, row.count))}
            </td>
            <td className="num">{formatDuration(row.p50_ms)}</td>
            <td className="num">{formatDuration(row.p95_ms)}</td>
            <td className="num">{formatDuration(row.p99_ms)}</td>
            <td>
              <Sparkline
                values={row.points.map(({ count }) => count)}
                label={`Rate of ${row.name}`}
                color="--rate"
              />
            </td>
            <td>
              <Sparkline
                values={row.points.map(({ p95_ms }) => p95_ms)}
                label={`p95 of ${row.name}`}
                color="--p95"
              />
            </td>
            <td>
              <Link
                className="button plain icon small"
                to="/"
                search={(url: UrlState) => ({ ...sharedUrlState(url), q: row.filter })}
                aria-label={`Traces of ${row.name}`}
                title="Traces"
              >
                <Icon name="search" />
              </Link>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Operations({ scope, service }: { scope: Scope; service: string }) {
  const filter = equalsTerm('service', service);
  const operations = useOperations(scope, service);
  const filtered = useMemo(
    () => ({ ...scope, params: { ...scope.params, filter_str: filter, language: 'query' } }),
    [scope, filter],
  );
  const series = useTimeseries(filtered, 40, 'operation');
  const [, update] = useUrlState();
  const rows = useMemo(
    () =>
      (operations.data?.data ?? []).map((one) => ({
        ...one,
        name: one.operation,
        note: one.kind,
        filter: addTerm(filter, equalsTerm('name', one.operation)),
        points: pointsOf(series.data?.data, `${service} ${one.operation}`, scope.range),
      })),
    [operations.data, series.data, filter, service, scope.range],
  );
  return (
    <section className="panel operations" aria-label={`Operations of ${service}`}>
      <div className="panel-head">
        <ServiceSwatch name={service} />
        <h2>Operations of {service}</h2>
        <span className="spread" />
        <button
          type="button"
          className="button plain icon"
          aria-label="Close the operations"
          onClick={() => update({ service: undefined })}
        >
          <Icon name="close" />
        </button>
      </div>
      {operations.isPending && <Loading what="the operations" />}
      {operations.isError && (
        <Failure error={operations.error} what="the operations" retry={() => void operations.refetch()} />
      )}
      {operations.isSuccess && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by key
        <section className="scroll" tabIndex={0} aria-label="Operations">
          <RedTable rows={rows} scope={scope} what="Operation" />
        </section>
      )}
    </section>
  );
}

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
        <span className="spread" />
        <RangePicker />
        <button
          type="button"
          className="button icon"
          onClick={tickClock}
          aria-label="Refresh"
          title="Refresh (r)"
        >
          <Icon name="refresh" />
        </button>
      </div>
      {services.isFetching ? <div className="loading-bar" /> : <div className="loading-rest" />}
      {services.data?.partial != null && (
        <PartialNotice
          reason={services.data.partial}
          advice="Choose a shorter time range to see all services."
        />
      )}
      {services.isPending && <Loading what="the services" />}
      {services.isError && (
        <Failure error={services.error} what="the services" retry={() => void services.refetch()} />
      )}
      {services.isSuccess && rows.length === 0 && (
        <Empty title="No service sent spans in this time range">
          <p>Choose a longer range above, or check that your services export to this platform.</p>
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
