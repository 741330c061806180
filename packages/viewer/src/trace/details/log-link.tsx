import { type FormEvent, useState } from 'react';
import type { SpanDetail } from '../../api/types.ts';
import { Icon } from '../../design/icon.tsx';
import { Popover } from '../../design/popover.tsx';

const storageKey = 'utxoiq.logs-url';
const example = 'https://logs.example/search?q=trace={trace_id}&from={start_ms}&to={end_ms}';

/** Fills a template's `{trace_id}`, `{span_id}`, `{service}`, `{start_ms}` and `{end_ms}`; null unless http(s). */
export function logAddress(template: string, span: SpanDetail, traceId: string): string | null {
  const service = span.resource?.attributes['service.name'];
  const values: Readonly<Record<string, string>> = {
    trace_id: traceId,
    span_id: span.span_id,
    service: typeof service === 'string' ? service : '',
    start_ms: String(Date.parse(span.start_time) - 1000),
    end_ms: String(Date.parse(span.end_time) + 1000),
  };
  const address = template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : encodeURIComponent(value);
  });
  return /^https?:\/\//i.test(address) && URL.canParse(address) ? address : null;
}

function TemplateForm({ initial, onSave }: { initial: string; onSave: (template: string) => void }) {
  const [text, setText] = useState(initial);
  return (
    <form
      className="stack log-form"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        onSave(text.trim());
      }}
    >
      <label className="stack">
        Address of the logs
        <input
          className="field mono"
          value={text}
          placeholder={example}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <p className="faint">
        <code>{'{trace_id} {span_id} {service} {start_ms} {end_ms}'}</code> are filled in. Kept in this
        browser.
      </p>
      <button type="submit" className="button">
        Save
      </button>
    </form>
  );
}

export function LogLink({ span, traceId }: { span: SpanDetail; traceId: string }) {
  const [template, setTemplate] = useState(() => window.localStorage.getItem(storageKey) ?? '');
  const address = template === '' ? null : logAddress(template, span, traceId);
  return (
    <span className="line">
      {address !== null && (
        <a className="button" href={address} target="_blank" rel="noopener noreferrer">
          <Icon name="external" /> Logs
        </a>
      )}
      <Popover
        end
        className={address === null ? 'button' : 'button plain icon'}
        {...(address === null ? {} : { name: 'Set the address of the logs' })}
        label={address === null ? 'Link logs…' : <Icon name="settings" />}
      >
        {(close) => (
          <TemplateForm
            initial={template}
            onSave={(next) => {
              window.localStorage.setItem(storageKey, next);
              setTemplate(next);
              close();
            }}
          />
        )}
      </Popover>
    </span>
  );
}
