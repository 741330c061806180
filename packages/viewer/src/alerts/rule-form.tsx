import type { AlertRuleError, AlertSignal } from '@utxoiq/model/alert';
import { type ReactNode, useId, useMemo } from 'react';
import { useServices } from '../api/queries.ts';
import { useSession } from '../app/session.ts';
import { absoluteText } from '../time/range.ts';
import { type FormState, withSignal } from './rule-form-state.ts';

interface RuleFormProps {
  readonly form: FormState;
  readonly onChange: (form: FormState) => void;
  readonly error: AlertRuleError | null;
}

const signals: readonly { readonly value: AlertSignal; readonly label: string; readonly unit: string }[] = [
  { value: 'error_rate', label: 'Error rate', unit: '%' },
  { value: 'latency', label: 'Latency', unit: 'ms' },
  { value: 'request_rate', label: 'Request rate', unit: 'a minute' },
  { value: 'missing_data', label: 'Missing data', unit: 'min without spans' },
];

/** The fields of a rule, in the order of a sentence: what, how much, for how long, of which spans. */
export function RuleForm({ form, onChange, error }: RuleFormProps) {
  const set = (changes: FormState) => onChange({ ...form, ...changes });
  const signal = signals.find(({ value }) => value === form.signal) ?? signals[0];
  const isMissing = form.signal === 'missing_data';
  const isShare = form.signal === 'error_rate' || form.signal === 'latency';
  const text = (name: string, label: string, more: Partial<TextProps> = {}) => (
    <TextField
      name={name}
      label={label}
      value={String(form[name] ?? '')}
      error={error?.field === name ? `Expected ${error.expected}.` : null}
      onChange={(value) => set({ [name]: value })}
      {...more}
    />
  );
  const choice = (name: string, label: string, options: readonly (readonly [string, string])[]) => (
    <Field label={label}>
      {(id) => (
        <select
          id={id}
          className="field"
          value={String(form[name])}
          onChange={(event) => set({ [name]: event.target.value })}
        >
          {options.map(([value, shown]) => (
            <option key={value} value={value}>
              {shown}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
  return (
    <>
      <div className="form-grid">
        {text('name', 'Name', { wide: true })}
        <Field label="Signal">
          {(id) => (
            <select
              id={id}
              className="field"
              value={String(form.signal)}
              onChange={(event) => onChange(withSignal(form, event.target.value as AlertSignal))}
            >
              {signals.map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          )}
        </Field>
        {choice('severity', 'Severity', [
          ['critical', 'critical'],
          ['warning', 'warning'],
          ['info', 'info'],
        ])}
        {form.signal === 'latency' &&
          choice('percentile', 'Percentile', [
            ['50', 'p50'],
            ['90', 'p90'],
            ['95', 'p95'],
            ['99', 'p99'],
          ])}
        {form.signal === 'request_rate' &&
          choice('comparison', 'Fires when it is', [
            ['above', 'above'],
            ['below', 'below'],
          ])}
        {text('threshold', isMissing ? 'Fires after' : 'Threshold', { unit: signal?.unit ?? '' })}
        {text('recovery_threshold', 'Ends at', { unit: signal?.unit ?? '', placeholder: 'the threshold' })}
        {!isMissing && text('window_minutes', 'Over', { unit: 'min' })}
        {text('for_minutes', 'Held for', { unit: 'min' })}
        {text('min_count', isShare ? 'With at least' : 'Of services with at least', {
          unit: isShare ? 'spans' : 'spans a day',
        })}
      </div>
      <h2>Of these spans</h2>
      <div className="form-grid">
        <ServiceField form={form} set={set} error={error?.field === 'service' ? error.expected : null} />
        {text('operation', 'Operation', { placeholder: 'all' })}
        {choice('spans', 'Spans', [
          ['requests', 'requests'],
          ['roots', 'root spans'],
          ['all', 'all spans'],
        ])}
        {form.service === '' &&
          choice('group_by', 'Alerts', [
            ['service', 'per service'],
            ['none', 'over all'],
          ])}
        {text('filter_str', 'Filter', {
          wide: true,
          mono: true,
          placeholder: 'deployment.environment=prod -url.path:/healthz',
        })}
        <ProjectField form={form} set={set} />
      </div>
      <h2>Whoever is told</h2>
      <div className="form-grid">
        {text('repeat_minutes', 'Again every', { unit: 'min (0: never)' })}
        {text('description', 'What to do', { wide: true, placeholder: 'https://wiki.example/runbooks/…' })}
      </div>
    </>
  );
}

interface FieldProps {
  readonly label: string;
  readonly wide?: boolean;
  readonly error?: string | null;
  readonly children: (id: string, errorId: string | undefined) => ReactNode;
}

function Field({ label, wide = false, error = null, children }: FieldProps) {
  const id = useId();
  const errorId = error === null ? undefined : `${id}-error`;
  return (
    <div className={wide ? 'form-field is-wide' : 'form-field'}>
      <label htmlFor={id}>{label}</label>
      {children(id, errorId)}
      {error !== null && (
        <span id={errorId} className="bad form-error">
          {error}
        </span>
      )}
    </div>
  );
}

interface TextProps {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly error: string | null;
  readonly onChange: (value: string) => void;
  readonly unit?: string;
  readonly placeholder?: string;
  readonly wide?: boolean;
  readonly mono?: boolean;
}

function TextField({
  name,
  label,
  value,
  error,
  onChange,
  unit,
  placeholder,
  wide = false,
  mono = false,
}: TextProps) {
  return (
    <Field label={label} wide={wide} error={error}>
      {(id, errorId) => (
        <span className="line">
          <input
            id={id}
            name={name}
            className={mono ? 'field mono' : 'field'}
            value={value}
            autoComplete="off"
            spellCheck={false}
            {...(unit === undefined ? {} : { inputMode: 'decimal' as const })}
            {...(placeholder === undefined ? {} : { placeholder })}
            {...(errorId === undefined ? {} : { 'aria-invalid': true, 'aria-describedby': errorId })}
            onChange={(event) => onChange(event.target.value)}
          />
          {unit !== undefined && <span className="muted form-unit">{unit}</span>}
        </span>
      )}
    </Field>
  );
}

interface PartProps {
  readonly form: FormState;
  readonly set: (changes: FormState) => void;
  readonly error?: string | null;
}

/** Offers the services of the last day. */
function ServiceField({ form, set, error = null }: PartProps) {
  const scope = useMemo(() => {
    const range = { startMs: Date.now() - 864e5, endMs: Date.now() };
    const { from, to } = absoluteText(range);
    return { range, params: { start_time: from, end_time: to }, filterError: null };
  }, []);
  const services = useServices(scope);
  const listId = useId();
  return (
    <Field label="Service" error={error === null ? null : `Expected ${error}.`}>
      {(id) => (
        <>
          <input
            id={id}
            name="service"
            className="field"
            list={listId}
            placeholder="every service"
            value={String(form.service ?? '')}
            autoComplete="off"
            onChange={(event) => set({ service: event.target.value })}
          />
          <datalist id={listId}>
            {services.data?.data.map(({ service }) => (
              <option key={service} value={service} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}

function ProjectField({ form, set }: PartProps) {
  const { data: session } = useSession();
  const available = session?.available_projects ?? [];
  const chosen = Array.isArray(form.projects) ? (form.projects as readonly string[]) : [];
  if (available.length < 2 && chosen.length === 0) return null;
  const several = chosen.length > 1 ? [chosen.join(', ')] : [];
  return (
    <Field label="Project">
      {(id) => (
        <select
          id={id}
          className="field"
          value={chosen.join(', ')}
          onChange={(event) =>
            set({ projects: event.target.value === '' ? null : event.target.value.split(', ') })
          }
        >
          <option value="">all</option>
          {[...several, ...new Set([...available, ...(several.length === 0 ? chosen : [])])].map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      )}
    </Field>
  );
}
