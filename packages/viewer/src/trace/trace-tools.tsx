import type { RefObject } from 'react';
import { useUrlState } from '../app/url-state.ts';
import { CollapseMenu } from './collapse-menu.tsx';
import { type Found, TraceSearch } from './trace-search.tsx';
import type { Analysis } from './use-analysis.ts';
import type { Collapse } from './use-collapse.ts';
import { showView, type ViewId, views } from './use-trace-shortcuts.ts';

interface TraceToolsProps {
  readonly analysis: Analysis;
  readonly collapse: Collapse;
  readonly found: Found;
  readonly search: RefObject<HTMLInputElement | null>;
  readonly view: ViewId;
  readonly onStep: (by: 1 | -1, text: string) => void;
}

/** The views of a trace, its search, and what can be changed in the view that is shown. */
export function TraceTools({ analysis, collapse, found, search, view, onStep }: TraceToolsProps) {
  const [{ path, skew }, update] = useUrlState();
  const hasTime = view === 'waterfall' || view === 'lanes';
  return (
    <div className="trace-tools">
      <div className="segments" role="tablist" aria-label="Views of the trace">
        {views.map(({ id, label }) => (
          <button
            key={id}
            type="button"
            role="tab"
            aria-selected={view === id}
            aria-controls="trace-view"
            onClick={() => showView(update, id)}
          >
            {label}
          </button>
        ))}
      </div>
      {hasTime && <TraceSearch input={search} found={found} onStep={onStep} />}
      <span className="spread" />
      {view === 'waterfall' && <CollapseMenu analysis={analysis} collapse={collapse} />}
      {hasTime && (
        <button
          type="button"
          className="button"
          aria-pressed={path !== '0'}
          title="Critical path (c)"
          onClick={() => update({ path: path === '0' ? undefined : '0' }, { replace: true })}
        >
          Critical path
        </button>
      )}
      <button
        type="button"
        className="button"
        aria-pressed={skew === '1'}
        title="Move spans of other services into their callers; a guess"
        onClick={() => update({ skew: skew === '1' ? undefined : '1' })}
      >
        Adjust skew
      </button>
    </div>
  );
}

/** What the skew adjustment did; nothing while it is off. */
export function SkewNotice({ analysis }: { analysis: Analysis }) {
  const [, update] = useUrlState();
  if (analysis.skew === 'running')
    return <div className="loading-bar" role="status" aria-label="Adjusting clocks" />;
  if (analysis.skew === 'failed')
    return (
      <div className="notice bad-notice" role="alert">
        The clocks could not be adjusted; what is shown are the recorded times.
      </div>
    );
  if (analysis.skew === 'off') return null;
  return (
    <div className="notice" role="status">
      {analysis.shiftedCount === 0
        ? 'Clock skew: no span lies outside its caller; the times shown are the recorded ones.'
        : `Clock skew is adjusted: ${analysis.shiftedCount} spans stand where a guess puts them, not where they said.`}
      <button type="button" className="button" onClick={() => update({ skew: undefined })}>
        Show recorded times
      </button>
    </div>
  );
}
