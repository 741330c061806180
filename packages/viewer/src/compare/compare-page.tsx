import { Link } from '@tanstack/react-router';
import { buildTree, traceLength } from '@utxoiq/model';
import { type FormEvent, useEffect, useMemo, useState } from 'react';
import { sharedUrlState, type UrlState, useUrlState } from '../app/url-state.ts';
import { Icon } from '../design/icon.tsx';
import { Empty, Failure, Loading } from '../design/states.tsx';
import { formatCount, formatDuration } from '../time/format.ts';
import { useAnalysisTask } from '../trace/heavy/use-analysis-task.ts';
import type { TraceDocument } from '../trace/trace-document.ts';
import { useServerTrace } from '../trace/use-server-trace.ts';
import { DiffTable } from './diff-table.tsx';
import { SideBySide } from './side-by-side.tsx';
import './compare.css';
import { rowName } from '../design/shown-name.ts';

function ChooseForm({ a, b }: { a: string | undefined; b: string | undefined }) {
  const [, update] = useUrlState();
  const [left, setLeft] = useState(a ?? '');
  const [right, setRight] = useState(b ?? '');
  const isId = (text: string) => /^[0-9a-f]{32}$/i.test(text.trim());
  const ready = isId(left) && isId(right);
  return (
    <form
      className="panel choose"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        if (ready) update({ a: left.trim().toLowerCase(), b: right.trim().toLowerCase() });
      }}
    >
      <h1>Compare two traces</h1>
      <p className="muted">
        Choose a slow one and a fast one of the same kind in Explore (<Icon name="diff" /> at the end of a
        row), or paste their ids.
      </p>
      <label className="stack">
        Trace A
        <input className="field mono" value={left} onChange={(event) => setLeft(event.target.value)} />
      </label>
      <label className="stack">
        Trace B
        <input className="field mono" value={right} onChange={(event) => setRight(event.target.value)} />
      </label>
      <div className="line">
        <button type="submit" className="button primary" disabled={!ready}>
          Compare
        </button>
        <Link
          className="button"
          to="/"
          search={(state: UrlState) => ({ ...sharedUrlState(state), ...(isId(left) && { a: left.trim() }) })}
        >
          Choose in Explore
        </Link>
      </div>
    </form>
  );
}

function Side({ name, trace }: { name: 'A' | 'B'; trace: TraceDocument }) {
  const { outline } = trace;
  const tree = useMemo(() => buildTree(outline), [outline]);
  const root = tree.rootRow;
  return (
    <div className={`compare-side side-${name.toLowerCase()}`}>
      <b className="side-mark">{name}</b>
      <Link
        className="clip"
        to="/traces/$traceId"
        params={{ traceId: outline.traceId }}
        search={(state: UrlState) => sharedUrlState(state)}
      >
        {rowName(outline, root)}
      </Link>
      <b>{formatDuration(traceLength(outline) / 1e6)}</b>
      <span className="muted">{formatCount(outline.size)} spans</span>
      <code className="faint clip wide-only">{outline.traceId}</code>
    </div>
  );
}

function Comparison({ a, b }: { a: TraceDocument; b: TraceDocument }) {
  const [state, update] = useUrlState();
  const task = useMemo(() => ({ kind: 'diff' as const, outline: a.outline, other: b.outline }), [a, b]);
  const diff = useAnalysisTask(task);
  const view = state.view === 'side' ? 'side' : 'structure';
  return (
    <>
      <div className="compare-head">
        <Side name="A" trace={a} />
        <button
          type="button"
          className="button icon"
          aria-label="Swap the traces"
          title="Swap"
          onClick={() => update({ a: state.b, b: state.a })}
        >
          <Icon name="diff" />
        </button>
        <Side name="B" trace={b} />
        <span className="spread" />
        <div className="segments" role="tablist" aria-label="Views of the comparison">
          <button
            type="button"
            role="tab"
            aria-selected={view === 'structure'}
            onClick={() => update({ view: undefined })}
          >
            Structure
          </button>
          <button
            type="button"
            role="tab"
            aria-selected={view === 'side'}
            onClick={() => update({ view: 'side' })}
          >
            Side by side
          </button>
        </div>
      </div>
      {view === 'side' && <SideBySide a={a} b={b} />}
      {view === 'structure' && diff?.status === 'running' && <Loading what="the comparison" />}
      {view === 'structure' && diff?.status === 'failed' && (
        <Failure error={diff.error} what="the comparison" />
      )}
      {view === 'structure' && diff?.status === 'done' && <DiffTable diff={diff.result} />}
    </>
  );
}

export function ComparePage() {
  const [{ a, b, project }] = useUrlState();
  const left = useServerTrace(a ?? '', project, a !== undefined);
  const right = useServerTrace(b ?? '', project, b !== undefined);
  useEffect(() => {
    document.title = 'Compare · utxoIQ Tracing';
  }, []);
  if (a === undefined || b === undefined) {
    return (
      <main className="compare-page">
        <ChooseForm key={`${a} ${b}`} a={a} b={b} />
      </main>
    );
  }
  const failed = left.isLoadingError
    ? { ...left, what: 'trace A' }
    : right.isLoadingError
      ? { ...right, what: 'trace B' }
      : null;
  return (
    <main className="compare-page">
      <h1 className="visually-hidden">Compare</h1>
      {failed !== null && (
        <Failure error={failed.error} what={failed.what} retry={() => void failed.refetch()} />
      )}
      {failed === null && (left.data === undefined || right.data === undefined) && (
        <Loading what="both traces" />
      )}
      {a === b && (
        <Empty title="Both sides are the same trace">
          <p>Choose another one in Explore.</p>
        </Empty>
      )}
      {failed === null && a !== b && left.data !== undefined && right.data !== undefined && (
        <Comparison a={left.data} b={right.data} />
      )}
    </main>
  );
}
