import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Scope } from '../api/queries.ts';
import type { Red, RedPoint } from '../api/types.ts';
import { sharedUrlState, type UrlState, useUrlState } from '../app/url-state.ts';
import { Icon } from '../design/icon.tsx';
import { ServiceSwatch } from '../design/service-chip.tsx';
import { SortHeaders } from '../design/sort-headers.tsx';
import { Sparkline } from '../design/sparkline.tsx';
import { addTerm } from '../explore/filter-terms.ts';
import { formatDuration, formatRate, formatShare } from '../time/format.ts';

const columns = [
  { key: 'count', label: 'Rate' },
  { key: 'errors', label: 'Errors' },
  { key: 'p50_ms', label: 'p50' },
  { key: 'p95_ms', label: 'p95' },
  { key: 'p99_ms', label: 'p99' },
] as const;
type SortKey = (typeof columns)[number]['key'];

/** What a line of a table shows: a service or an operation. */
export interface Row extends Red {
  readonly name: string;
  readonly note: string;
  readonly filter: string;
  readonly points: readonly RedPoint[];
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

/** Rate, errors and latency, sortable, each line with its course over time. */
export function RedTable({ rows, scope, what, chosen, onChoose }: RedTableProps) {
  const [state] = useUrlState();
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
          <SortHeaders columns={columns} sort={sort} standard="count" />
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
                search={(url: UrlState) => ({ ...sharedUrlState(url), q: addTerm(url.q ?? '', row.filter) })}
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
