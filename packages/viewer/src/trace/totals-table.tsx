import { type Totals, totals } from '@utxoiq/model';
import { useMemo } from 'react';
import { useUrlState } from '../app/url-state.ts';
import { ServiceSwatch } from '../design/service-chip.tsx';
import { shownName } from '../design/shown-name.ts';
import { SortHeaders } from '../design/sort-headers.tsx';
import { Loading } from '../design/states.tsx';
import { formatCount, formatDuration, formatShare } from '../time/format.ts';
import type { Analysis, LateAnalysis } from './use-analysis.ts';

const columns = [
  { key: 'count', label: 'Spans' },
  { key: 'errors', label: 'Errors' },
  { key: 'selfNanos', label: 'Self time' },
  { key: 'totalNanos', label: 'Total' },
  { key: 'medianNanos', label: 'Median' },
  { key: 'p95Nanos', label: 'p95' },
  { key: 'maxNanos', label: 'Max' },
] as const;

/** Rows past this are summed nowhere on screen; sorting brings any of them to the top. */
const maxRows = 400;

function cell(row: Totals, key: (typeof columns)[number]['key']): string {
  return key === 'count' || key === 'errors' ? formatCount(row[key]) : formatDuration(row[key] / 1e6);
}

export function TotalsTable({ analysis, late }: { analysis: Analysis; late: LateAnalysis | null }) {
  const [state, update] = useUrlState();
  const by = state.by === 'service' ? 'service' : 'operation';
  const sort = columns.find(({ key }) => key === state.sort)?.key ?? 'selfNanos';
  const rows = useMemo(() => {
    if (late === null) return null;
    return totals(analysis.outline, late.self, by).sort((a, b) => b[sort] - a[sort]);
  }, [analysis.outline, late, by, sort]);
  if (rows === null) return <Loading what="the totals" />;
  const allSelf = rows.reduce((sum, { selfNanos }) => sum + selfNanos, 0);
  return (
    <>
      <div className="panel-head">
        <div className="segments" role="radiogroup" aria-label="Sum up by">
          {(['operation', 'service'] as const).map((one) => (
            // biome-ignore lint/a11y/useSemanticElements: a segmented control of two
            <button
              key={one}
              type="button"
              role="radio"
              aria-checked={by === one}
              onClick={() => update({ by: one === 'operation' ? undefined : one }, { replace: true })}
            >
              By {one}
            </button>
          ))}
        </div>
        <span className="muted">{formatCount(rows.length)} rows</span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by key */}
      <section className="scroll totals" tabIndex={0} aria-label="Totals">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{by === 'service' ? 'Service' : 'Operation'}</th>
              <SortHeaders columns={columns} sort={sort} standard="selfNanos" />
              <th scope="col">Share of self time</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, maxRows).map((row) => (
              <tr key={`${row.service}\n${row.name}`}>
                <td>
                  <span className="line">
                    <ServiceSwatch name={row.service} />
                    <button
                      type="button"
                      className="sort clip"
                      title="Find in the waterfall"
                      onClick={() => update({ find: row.name ?? row.service, view: undefined })}
                    >
                      {shownName(row.name ?? row.service)}
                    </button>
                    {row.name !== null && <span className="faint clip">{row.service}</span>}
                  </span>
                </td>
                {columns.map(({ key }) => (
                  <td key={key} className={key === 'errors' && row.errors > 0 ? 'num bad' : 'num'}>
                    {cell(row, key)}
                  </td>
                ))}
                <td>
                  <span className="share">
                    <span className="share-track" aria-hidden="true">
                      <span style={{ width: `${(row.selfNanos / Math.max(1, allSelf)) * 100}%` }} />
                    </span>
                    <span className="num">{formatShare(row.selfNanos / Math.max(1, allSelf))}</span>
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {rows.length > maxRows && (
          <p className="faint totals-rest">{formatCount(rows.length - maxRows)} more rows</p>
        )}
      </section>
    </>
  );
}
