import { useMemo } from 'react';
import { type Scope, useSpans, useTraces } from '../api/queries.ts';
import type { SpanItem, TraceItem } from '../api/types.ts';
import { tickClock } from '../app/clock.ts';
import { useUrlState } from '../app/url-state.ts';
import { knowServices } from '../design/service-color.ts';
import { Empty, Failure, PartialNotice } from '../design/states.tsx';
import { formatCount } from '../time/format.ts';
import { Pending } from './pending.tsx';
import { SpanRow, TraceRow } from './rows.tsx';
import { VirtualList } from './virtual-list.tsx';

const orders = { newest: 'start desc', slowest: 'duration desc' } as const;

function NothingFound({ hasFilter }: { hasFilter: boolean }) {
  const [, update] = useUrlState();
  return (
    <Empty title={hasFilter ? 'Nothing matches in this time range' : 'No spans in this time range'}>
      <p>
        {hasFilter
          ? 'Take a term out of the filter, or look further back.'
          : 'Spans are readable a second after they arrive. If you expected some, look further back or check that the service exports to this platform.'}
      </p>
      <div className="line wrap">
        {hasFilter && (
          <button type="button" className="button" onClick={() => update({ q: undefined })}>
            Clear the filter
          </button>
        )}
        {(['now-24h', 'now-7d', 'now-30d'] as const).map((from) => (
          <button
            key={from}
            type="button"
            className="button"
            onClick={() => {
              tickClock();
              update({ from, to: undefined });
            }}
          >
            Last {from === 'now-24h' ? '24 hours' : from === 'now-7d' ? '7 days' : '30 days'}
          </button>
        ))}
      </div>
    </Empty>
  );
}

export function Results({ scope, scroller }: { scope: Scope; scroller: HTMLElement | null }) {
  const [state, update] = useUrlState();
  const list = state.list === 'spans' ? 'spans' : 'traces';
  const order = state.order === 'slowest' ? 'slowest' : 'newest';
  const traces = useTraces(scope, orders[order], list === 'traces');
  const spans = useSpans(scope, orders[order], list === 'spans');
  const answer = list === 'traces' ? traces : spans;
  const items = answer.data?.pages.flatMap<TraceItem | SpanItem>(({ items }) => items) ?? [];
  useMemo(() => {
    const seen = answer.data?.pages.flatMap<TraceItem | SpanItem>((page) => page.items) ?? [];
    knowServices(
      seen.flatMap((item) => ('services' in item ? item.services.map(({ name }) => name) : item.service)),
    );
  }, [answer.data]);
  const partial = answer.data?.pages.find((page) => page.partial !== null)?.partial ?? null;
  const shared = {
    scroller,
    hasMore: answer.hasNextPage && !answer.isFetchingNextPage && !answer.isPlaceholderData,
    loadMore: () => void answer.fetchNextPage(),
    compareWith: state.a,
    onCompare: (traceId: string | undefined) => update({ a: traceId }, { replace: true }),
    kind: list,
  } as const;

  return (
    <section
      className="results panel"
      aria-label="Results"
      aria-busy={scope.filterError === null && (answer.isPlaceholderData || answer.isPending)}
    >
      <div className="results-head">
        <div className="segments" role="radiogroup" aria-label="What to list">
          {(['traces', 'spans'] as const).map((kind) => (
            // biome-ignore lint/a11y/useSemanticElements: a segmented control of two
            <button
              key={kind}
              type="button"
              role="radio"
              aria-checked={list === kind}
              onClick={() => update({ list: kind === 'traces' ? undefined : kind })}
            >
              {kind === 'traces' ? 'Traces' : 'Spans'}
            </button>
          ))}
        </div>
        <span className="muted results-count" role="status">
          {answer.data === undefined
            ? ''
            : `${formatCount(items.length)}${answer.hasNextPage ? '+' : ''} ${items.length === 1 ? list.slice(0, -1) : list}`}
        </span>
        <span className="spread" />
        {state.a !== undefined && (
          <span className="muted clip">
            Comparing <code>{state.a.slice(0, 8)}</code>: choose another trace
          </span>
        )}
        <div className="segments" role="radiogroup" aria-label="Order">
          {(['newest', 'slowest'] as const).map((kind) => (
            // biome-ignore lint/a11y/useSemanticElements: a segmented control of two
            <button
              key={kind}
              type="button"
              role="radio"
              aria-checked={order === kind}
              onClick={() => update({ order: kind === 'newest' ? undefined : kind })}
            >
              {kind === 'newest' ? 'Newest' : 'Slowest'}
            </button>
          ))}
        </div>
      </div>
      {answer.isFetching ? <div className="loading-bar" /> : <div className="loading-rest" />}
      {partial !== null && (
        <PartialNotice reason={partial} advice="Narrow the time range or the filter to see all of it." />
      )}
      {answer.isPending && <Pending scope={scope} what={list} />}
      {answer.isError && <Failure error={answer.error} what={list} retry={() => void answer.refetch()} />}
      {answer.isSuccess && items.length === 0 && <NothingFound hasFilter={state.q !== undefined} />}
      {items.length > 0 && (
        <>
          <div className="row row-head" aria-hidden="true">
            <span>Start</span>
            <span>{list === 'traces' ? 'Root' : 'Span'}</span>
            <span>Duration</span>
            <span className="num">{list === 'traces' ? 'Spans' : 'Kind'}</span>
            <span className="num">{list === 'traces' ? 'Errors' : 'Status'}</span>
            <span>{list === 'traces' ? 'Services' : 'Trace'}</span>
            <span />
          </div>
          {list === 'traces' ? (
            <VirtualList<TraceItem>
              {...shared}
              items={items.filter((item): item is TraceItem => 'span_count' in item)}
              keyOf={(item) => `${item.project_id}/${item.trace_id}`}
              row={(props) => <TraceRow {...props} />}
            />
          ) : (
            <VirtualList<SpanItem>
              {...shared}
              items={items.filter((item): item is SpanItem => 'span_id' in item)}
              keyOf={(item) => `${item.trace_id}/${item.span_id}/${item.start_time}`}
              row={(props) => <SpanRow {...props} />}
            />
          )}
        </>
      )}
    </section>
  );
}
