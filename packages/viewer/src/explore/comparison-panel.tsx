import { type Scope, useComparison } from '../api/queries.ts';
import { useUrlState } from '../app/url-state.ts';
import type { HeatmapSelection } from '../charts/heatmap.tsx';
import { Icon } from '../design/icon.tsx';
import { Empty, Failure, Loading } from '../design/states.tsx';
import { formatCount, formatShare } from '../time/format.ts';
import { addTerm, equalsTerm, excludeTerm } from './filter-terms.ts';

function Share({ kind, share }: { kind: 'selected' | 'baseline'; share: number }) {
  return (
    <span className={`share share-${kind}`}>
      <span className="share-track" aria-hidden="true">
        <span style={{ width: `${share * 100}%` }} />
      </span>
      <span className="num">{formatShare(share)}</span>
    </span>
  );
}

/** What sets the selected spans apart from the rest, strongest first. */
export function ComparisonPanel({ scope, selection }: { scope: Scope; selection: HeatmapSelection }) {
  const [{ q = '' }, update] = useUrlState();
  const answer = useComparison(scope, selection);
  return (
    <section className="comparison panel" aria-label="What is different">
      <div className="panel-head">
        <h2>What is different?</h2>
        {answer.isSuccess && (
          <span className="muted">
            <span className="swatch share-key-selected" /> {formatCount(answer.data.selected_count)} selected{' '}
            <span className="swatch share-key-baseline" /> {formatCount(answer.data.baseline_count)} others
          </span>
        )}
        <span className="spread" />
        <button
          type="button"
          className="button plain icon"
          aria-label="Close the comparison"
          onClick={() => update({ diff: undefined })}
        >
          <Icon name="close" />
        </button>
      </div>
      {answer.isPending && scope.filterError === null && <Loading what="the comparison" />}
      {answer.isError && (
        <Failure error={answer.error} what="the comparison" retry={() => void answer.refetch()} />
      )}
      {answer.isSuccess && answer.data.differences.length === 0 && (
        <Empty title="Nothing sets them apart">
          <p>
            The selected spans carry the same attribute values, about as often, as the rest. Select another
            area.
          </p>
        </Empty>
      )}
      {answer.isSuccess && answer.data.differences.length > 0 && (
        <ol className="differences scroll">
          {answer.data.differences.map(({ key, value, selected_share, baseline_share }) => (
            <li key={`${key}=${value}`}>
              <span className="difference-name">
                <span className="faint clip">{key}</span>
                <b className="clip" title={value}>
                  {value === '' ? '(empty)' : value}
                </b>
              </span>
              <span className="shares">
                <Share kind="selected" share={selected_share} />
                <Share kind="baseline" share={baseline_share} />
              </span>
              <span className="line">
                <button
                  type="button"
                  className="button plain icon"
                  aria-label={`Filter for ${key} ${value}`}
                  title="Filter for this"
                  onClick={() =>
                    update({ q: addTerm(q, equalsTerm(key, value)), diff: undefined, sel: undefined })
                  }
                >
                  <Icon name="filter" />
                </button>
                <button
                  type="button"
                  className="button plain icon"
                  aria-label={`Exclude ${key} ${value}`}
                  title="Exclude this"
                  onClick={() =>
                    update({ q: addTerm(q, excludeTerm(key, value)), diff: undefined, sel: undefined })
                  }
                >
                  <Icon name="minus" />
                </button>
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
