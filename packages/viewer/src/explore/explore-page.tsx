import { onlineManager, type Query, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useScope } from '../api/queries.ts';
import { tickClock } from '../app/clock.ts';
import { useShortcuts } from '../app/shortcuts.tsx';
import { useUrlState } from '../app/url-state.ts';
import { Icon } from '../design/icon.tsx';
import { RefreshButton } from '../design/refresh-button.tsx';
import { isRelative } from '../time/range.ts';
import { RangePicker } from '../time/range-picker.tsx';
import { Facets } from './facets.tsx';
import { FilterBar } from './filter-bar.tsx';
import { Overview } from './overview.tsx';
import { Results } from './results.tsx';
import './explore.css';

const liveEveryMs = 2000;

/**
 * Moves the range along while the live tail is on and the page is seen; not before everything is answered, or answers
 * that take longer than a step would never come.
 */
function useLiveTail(on: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!on) return;
    const timer = setInterval(() => {
      const isAnswered = onlineManager.isOnline() && client.isFetching({ predicate: asksForSpans }) === 0;
      if (document.visibilityState === 'visible' && isAnswered) tickClock();
    }, liveEveryMs);
    return () => clearInterval(timer);
  }, [on, client]);
}

const asksForSpans = ({ queryKey }: Query): boolean => String(queryKey[0]).startsWith('/monitoring/');

export function ExplorePage() {
  const [state, update] = useUrlState();
  const scope = useScope();
  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  const [showFacets, setShowFacets] = useState(false);
  const live = state.live === '1' && isRelative({ ...(state.to && { to: state.to }) });
  useLiveTail(live);
  const toggleLive = () =>
    update(
      live
        ? { live: undefined }
        : { live: '1', to: undefined, from: isRelative(state) ? state.from : 'now-15m' },
    );
  useShortcuts('Explore', [
    { keys: 'r', label: 'Refresh', run: tickClock },
    { keys: 'l', label: 'Live tail', run: toggleLive },
    {
      keys: 'o',
      label: 'Newest or slowest',
      run: () => update({ order: state.order ? undefined : 'slowest' }),
    },
    { keys: 'v', label: 'Traces or spans', run: () => update({ list: state.list ? undefined : 'spans' }) },
  ]);
  useEffect(() => {
    document.title = `${state.q === undefined ? 'Explore' : state.q} · utxoIQ Tracing`;
  }, [state.q]);

  return (
    <main className="explore">
      <h1 className="visually-hidden">Explore</h1>
      <div className="toolbar">
        <FilterBar scope={scope} />
        <div className="line toolbar-time">
          <button
            type="button"
            className="button narrow-only"
            aria-expanded={showFacets}
            onClick={() => setShowFacets(!showFacets)}
          >
            <Icon name="filter" /> Facets
          </button>
          <RangePicker />
          <button
            type="button"
            className="button"
            aria-pressed={live}
            onClick={toggleLive}
            title="Live tail (l)"
          >
            <Icon name={live ? 'pause' : 'play'} /> Live
          </button>
          <RefreshButton onRefresh={tickClock} />
        </div>
      </div>
      <div className={showFacets ? 'explore-body facets-shown' : 'explore-body'}>
        <Facets scope={scope} />
        <div
          ref={setScroller}
          className="explore-main scroll"
          data-scroll-restoration-id="explore"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by key
          tabIndex={0}
        >
          <div className="explore-stack">
            <Overview scope={scope} />
            <Results scope={scope} scroller={scroller} />
          </div>
        </div>
      </div>
    </main>
  );
}
