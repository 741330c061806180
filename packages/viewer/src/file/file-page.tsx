import { type ImportResult, importTraceFile } from '@utxoiq/model';
import { type DragEvent, useEffect, useMemo, useState } from 'react';
import { useUrlState } from '../app/url-state.ts';
import { Icon } from '../design/icon.tsx';
import { ServiceSwatch } from '../design/service-chip.tsx';
import { formatCount } from '../time/format.ts';
import { TraceView } from '../trace/trace-view.tsx';
import { fileTrace, tracesOf } from './file-trace.ts';
import './file.css';

interface Opened {
  readonly name: string;
  readonly result: ImportResult;
}

/** Kept while the page lives, so that going to another page and back does not close the file. */
let lastOpened: Opened | null = null;

/** Text that the browser's string limit allows with room for the parsed form. */
const maxFileBytes = 400_000_000;

async function readTraceFile(file: File): Promise<Opened> {
  if (file.size > maxFileBytes) {
    return {
      name: file.name,
      result: { ok: false, message: 'The file is larger than 400 MB; split it by trace.' },
    };
  }
  return { name: file.name, result: importTraceFile(await file.text()) };
}

function DropZone({ onFile, problem }: { onFile: (file: File) => void; problem: string | null }) {
  return (
    <div className="drop-zone">
      <Icon name="file" />
      <h1>Open a trace from a file</h1>
      <p className="muted">
        Drop a file anywhere on this page: OTLP JSON (also one request per line), Jaeger JSON, Zipkin v2 JSON
        or Cloud Trace v1 JSON. It is read in this browser and sent nowhere.
      </p>
      <label className="button primary">
        Choose a file…
        <input
          type="file"
          className="visually-hidden"
          accept=".json,.jsonl,.ndjson,.txt,application/json"
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file !== undefined) onFile(file);
            event.target.value = '';
          }}
        />
      </label>
      {problem !== null && (
        <div className="notice bad-notice" role="alert">
          <Icon name="warning" /> {problem}
        </div>
      )}
    </div>
  );
}

export function FilePage() {
  const [state, update] = useUrlState();
  const [opened, setOpened] = useState(lastOpened);
  const [dragging, setDragging] = useState(false);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (opened === null) document.title = 'Open a file · utxoIQ Tracing';
  }, [opened]);
  const open = async (file: File) => {
    setBusy(true);
    const next = await readTraceFile(file);
    lastOpened = next;
    setOpened(next);
    setBusy(false);
    update(
      {
        a: undefined,
        span: undefined,
        closed: undefined,
        zoom: undefined,
        find: undefined,
        focus: undefined,
      },
      { replace: true },
    );
  };
  const result = opened?.result ?? null;
  const spans = result?.ok === true ? result.spans : null;
  const traces = useMemo(() => (spans === null ? [] : tracesOf(spans)), [spans]);
  const chosen = traces.find(({ traceId }) => traceId === state.a) ?? traces[0];
  const document_ = useMemo(
    () => (chosen === undefined ? null : fileTrace(chosen.spans, opened?.name ?? '')),
    [chosen, opened],
  );
  const rejected = result?.ok === true ? result.rejected : [];
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setDragging(false);
    const file = event.dataTransfer.files[0];
    if (file !== undefined) void open(file);
  };
  return (
    <main
      className={dragging ? 'file-page dragging' : 'file-page'}
      aria-busy={busy}
      onDragOver={(event) => {
        event.preventDefault();
        setDragging(true);
      }}
      onDragLeave={() => setDragging(false)}
      onDrop={onDrop}
    >
      {busy && <div className="loading-bar" />}
      {document_ === null ? (
        <DropZone onFile={(file) => void open(file)} problem={result?.ok === false ? result.message : null} />
      ) : (
        <>
          <div className="file-bar">
            <Icon name="file" />
            <b className="clip">{opened?.name}</b>
            {traces.length > 1 && (
              <select
                className="field"
                aria-label="Trace of the file"
                value={chosen?.traceId}
                onChange={(event) =>
                  update({ a: event.target.value, span: undefined, closed: undefined, zoom: undefined })
                }
              >
                {traces.slice(0, 2000).map(({ traceId, title, spans: of }) => (
                  <option key={traceId} value={traceId}>
                    {`${title} · ${formatCount(of.length)} spans · ${traceId.slice(0, 8)}`}
                  </option>
                ))}
              </select>
            )}
            {chosen !== undefined && traces.length > 1 && <ServiceSwatch name={chosen.service} />}
            {rejected.length > 0 && (
              <span
                className="bad clip"
                title={rejected
                  .slice(0, 5)
                  .map(({ path, reason }) => `${path}: ${reason}`)
                  .join('\n')}
              >
                {formatCount(rejected.length)} spans left out: {rejected[0]?.reason}
              </span>
            )}
            <span className="spread" />
            <button
              type="button"
              className="button"
              onClick={() => {
                lastOpened = null;
                setOpened(null);
              }}
            >
              Open another
            </button>
          </div>
          <TraceView key={document_.key} document={document_} />
        </>
      )}
    </main>
  );
}
