import { alertConditionText, alertValueText } from '@utxoiq/model/alert';
import { useDeferredValue, useEffect, useState } from 'react';
import { type Preview, type RuleFields, useAlertPreview } from '../api/alerts.ts';
import { formatTick } from '../time/format.ts';
import { quietText, subjectText } from './alert-words.ts';
import { type FormState, previewBody, readForm } from './rule-form-state.ts';
import { ThresholdLine } from './threshold-line.tsx';

const PAUSE_MS = 300;

/** What the rule would have done in the last 24 hours, as one types. */
export function RulePreview({ form }: { form: FormState }) {
  const body = useSettled(previewBody(form));
  const preview = useAlertPreview(body);
  const shown = useDeferredValue(preview.data);
  const isStale = preview.isFetching || shown !== preview.data;
  return (
    <section className="panel rule-preview" aria-label="Preview" aria-busy={isStale}>
      <div className="panel-head">
        <h2>The last 24 hours</h2>
        <span className="spread" />
        <span role="status" className={(shown?.fired ?? 0) > 0 ? 'bad' : 'muted'}>
          {body === null ? 'Correct the fields first' : shown === undefined ? '' : firedText(shown)}
        </span>
      </div>
      {preview.isFetching ? <div className="loading-bar" /> : <div className="loading-rest" />}
      {preview.isError && (
        <p className="notice bad-notice" role="alert">
          {preview.error.message}
        </p>
      )}
      {shown !== undefined && body !== null && <PreviewBody form={form} preview={shown} />}
    </section>
  );
}

function PreviewBody({ form, preview }: { form: FormState; preview: Preview }) {
  const read = readForm({ ...form, name: 'preview', description: '' });
  if (!read.ok) return null;
  const { rule } = read;
  const startMs = Date.parse(preview.start_time);
  const spanMs = Date.parse(preview.end_time) - startMs;
  const at = (iso: string) => (Date.parse(iso) - startMs) / spanMs;
  return (
    <div className="preview-courses">
      <p className="muted">Fires on {alertConditionText(rule)}.</p>
      {preview.shown.length === 0 && <p className="muted">No spans like these in the last 24 hours.</p>}
      {preview.shown.map((course) => {
        const { service, fired, episodes, values } = course;
        const quiet = quietText(rule, course);
        return (
          <figure key={service ?? ''}>
            <figcaption className="line">
              <strong className="clip">{subjectText(service)}</strong>
              <span className="spread" />
              <span className={fired > 0 ? 'bad' : 'faint'}>{timesText(fired)}</span>
              <span className="faint">worst {worstText(rule, values)}</span>
            </figcaption>
            <ThresholdLine
              values={values}
              threshold={rule.threshold}
              comparison={rule.comparison}
              label={`${subjectText(service)} over the last 24 hours`}
              className="large-course"
              episodes={episodes.map((one) => ({
                from: at(one.start_time),
                to: one.end_time === null ? 1 : at(one.end_time),
              }))}
            />
            {quiet !== null && <p className="faint">{quiet}</p>}
          </figure>
        );
      })}
      {preview.shown.length > 0 && (
        <div className="line faint preview-times">
          <span>{formatTick(startMs, 36e5)}</span>
          <span className="spread" />
          <span>{formatTick(startMs + spanMs, 36e5)}</span>
        </div>
      )}
      {preview.services > preview.shown.length && (
        <p className="faint">and {preview.services - preview.shown.length} further services</p>
      )}
    </div>
  );
}

const timesText = (count: number): string =>
  count === 1 ? 'once' : count === 0 ? 'never' : `${count} times`;

function firedText({ fired, services }: Preview): string {
  const where = services > 1 ? `, over ${services} services` : '';
  return fired === 0 ? `Would not have fired${where}` : `Would have fired ${timesText(fired)}${where}`;
}

function worstText(
  rule: Parameters<typeof alertValueText>[0] & { readonly comparison: string },
  values: readonly (number | null)[],
): string {
  let worst: number | null = null;
  for (const value of values) {
    if (value === null) continue;
    if (worst === null || (rule.comparison === 'above' ? value > worst : value < worst)) worst = value;
  }
  return worst === null ? '–' : alertValueText(rule, worst);
}

/** The rule once nobody has typed for a moment. */
function useSettled(body: RuleFields | null): RuleFields | null {
  const text = JSON.stringify(body);
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return JSON.parse(settled) as RuleFields | null;
}
