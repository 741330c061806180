import type { AlertRecord } from '../api/alerts.ts';
import { formatRecent } from '../time/format.ts';
import { endWords, lengthText, subjectText } from './alert-words.ts';
import { SeverityChip } from './chips.tsx';
import { TracesLink } from './traces-link.tsx';

const lastedText = ({ fired_at, resolved_at }: AlertRecord, nowMs: number): string =>
  lengthText(Date.parse(fired_at), resolved_at === null ? nowMs : Date.parse(resolved_at));

/** When alerts fired, newest first. */
export function AlertHistory({ records, nowMs }: { records: readonly AlertRecord[]; nowMs: number }) {
  return (
    <section className="panel" aria-label="History">
      <div className="panel-head">
        <h2>History</h2>
      </div>
      {records.length === 0 ? (
        <p className="alerts-quiet muted">Nothing has fired yet.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by key
        <section className="scroll" tabIndex={0} aria-label="Times that alerts fired">
          <table className="table history-table">
            <thead>
              <tr>
                <th scope="col">Fired</th>
                <th scope="col" className="num">
                  Lasted
                </th>
                <th scope="col">Alert</th>
                <th scope="col" className="num">
                  Worst
                </th>
                <th scope="col">Ended</th>
                <th scope="col">
                  <span className="visually-hidden">Traces</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {records.map((record) => (
                <tr key={record.id}>
                  <td className="num-left">
                    {formatRecent(Date.parse(record.fired_at), nowMs).slice(0, -7)}
                  </td>
                  <td className="num">{lastedText(record, nowMs)}</td>
                  <td>
                    <span className="line">
                      <strong>{subjectText(record.service)}</strong> {record.rule}{' '}
                      <SeverityChip severity={record.severity} />
                    </span>
                  </td>
                  <td className="num">{record.peak_text ?? '–'}</td>
                  <td className={record.resolved_at === null ? 'bad' : 'muted'}>
                    {record.resolved_at === null ? 'still firing' : (endWords[record.end ?? ''] ?? 'ended')}
                  </td>
                  <td>
                    <TracesLink link={record.link} label={`Traces of ${record.rule}, then`} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}
