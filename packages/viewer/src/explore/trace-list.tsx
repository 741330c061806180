import { Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { SpanItem, TraceItem } from '../api/types.ts';
import { useClock } from '../app/clock.ts';
import { useShortcuts } from '../app/shortcuts.tsx';
import { sharedUrlState, type UrlState } from '../app/url-state.ts';
import { Icon } from '../design/icon.tsx';
import { ServiceSwatch } from '../design/service-chip.tsx';
import { formatCount, formatDuration, formatRecent } from '../time/format.ts';
import { ServiceChips } from './service-chips.tsx';

function DurationBar({ ms, maxMs }: { ms: number; maxMs: number }) {
  return (
    <span className="duration">
      <span className="duration-bar" aria-hidden="true">
        <span style={{ width: `${Math.max(0.5, (ms / Math.max(maxMs, 1e-9)) * 100)}%` }} />
      </span>
      <span className="num">{formatDuration(ms)}</span>
    </span>
  );
}

interface RowProps<Item> {
  readonly item: Item;
  readonly maxMs: number;
  readonly nowMs: number;
  /** Of the column of services, in pixels. */
  readonly servicesWidth: number;
  readonly compareWith: string | undefined;
  readonly onCompare: (traceId: string | undefined) => void;
}

function CompareButton({
  traceId,
  compareWith,
  onCompare,
}: { traceId: string } & Pick<RowProps<TraceItem>, 'compareWith' | 'onCompare'>) {
  if (compareWith !== undefined && compareWith !== traceId) {
    return (
      <Link
        className="button plain icon row-action"
        to="/compare"
        search={(state: UrlState) => ({ ...sharedUrlState(state), a: compareWith, b: traceId })}
        aria-label="Compare with the chosen trace"
        title="Compare with the chosen trace"
      >
        <Icon name="diff" />
      </Link>
    );
  }
  const chosen = compareWith === traceId;
  return (
    <button
      type="button"
      className="button plain icon row-action"
      aria-pressed={chosen}
      aria-label={chosen ? 'Do not compare this trace' : 'Choose this trace to compare'}
      title={chosen ? 'Do not compare this trace' : 'Choose this trace to compare'}
      onClick={() => onCompare(chosen ? undefined : traceId)}
    >
      <Icon name="diff" />
    </button>
  );
}

export function TraceRow(props: RowProps<TraceItem>) {
  const { item, maxMs, nowMs, servicesWidth, compareWith, onCompare } = props;
  return (
    <>
      <time className="cell-time mono" dateTime={item.start_time} title={item.start_time}>
        {formatRecent(Date.parse(item.start_time), nowMs)}
      </time>
      <span className="cell-name line">
        <ServiceSwatch name={item.root?.service ?? item.services[0]?.name ?? ''} />
        <Link
          className="row-link clip"
          to="/traces/$traceId"
          params={{ traceId: item.trace_id }}
          search={(state: UrlState) => ({ ...sharedUrlState(state), project: item.project_id })}
        >
          {item.root === null ? <em className="muted">No root span received</em> : item.root.name}
        </Link>
        <span className="faint clip cell-service">{item.root?.service}</span>
      </span>
      <DurationBar ms={item.duration_ms} maxMs={maxMs} />
      <span className="num cell-spans">{formatCount(item.span_count)}</span>
      <span className={item.error_count > 0 ? 'num bad cell-errors' : 'num faint cell-errors'}>
        {item.error_count > 0 ? formatCount(item.error_count) : '–'}
      </span>
      <ServiceChips services={item.services} width={servicesWidth} />
      <CompareButton traceId={item.trace_id} compareWith={compareWith} onCompare={onCompare} />
    </>
  );
}

export function SpanRow({ item, maxMs, nowMs, compareWith, onCompare }: RowProps<SpanItem>) {
  const status = ['unset', 'ok', 'error'][item.status_code] ?? 'unset';
  return (
    <>
      <time className="cell-time mono" dateTime={item.start_time} title={item.start_time}>
        {formatRecent(Date.parse(item.start_time), nowMs)}
      </time>
      <span className="cell-name line">
        <ServiceSwatch name={item.service} />
        <Link
          className="row-link clip"
          to="/traces/$traceId"
          params={{ traceId: item.trace_id }}
          search={(state: UrlState) => ({
            ...sharedUrlState(state),
            project: item.project_id,
            span: item.span_id,
          })}
        >
          {item.name}
        </Link>
        <span className="faint clip cell-service">{item.service}</span>
      </span>
      <DurationBar ms={item.duration_ms} maxMs={maxMs} />
      <span className="cell-spans faint">{item.kind}</span>
      <span className={status === 'error' ? 'bad cell-errors num' : 'faint cell-errors num'}>{status}</span>
      <span className="cell-services mono faint">{item.trace_id}</span>
      <CompareButton traceId={item.trace_id} compareWith={compareWith} onCompare={onCompare} />
    </>
  );
}

interface ListProps<Item> {
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string;
  readonly row: (props: RowProps<Item>) => ReactNode;
  /** What scrolls; null until it stands. */
  readonly scroller: HTMLElement | null;
  readonly hasMore: boolean;
  readonly loadMore: () => void;
  readonly compareWith: string | undefined;
  readonly onCompare: (traceId: string | undefined) => void;
  readonly kind: 'traces' | 'spans';
}

const narrow = window.matchMedia('(max-width: 760px)');

function focusRow(list: HTMLElement | null, index: number): void {
  list?.querySelector<HTMLElement>(`[data-index="${index}"] .row-link`)?.focus();
}

/** Rows that exist only while they are near the window; more are fetched as their end comes near. */
export function VirtualList<Item extends { readonly duration_ms: number }>(props: ListProps<Item>) {
  const { items, scroller, hasMore, loadMore } = props;
  const list = useRef<HTMLUListElement>(null);
  const nowMs = useClock();
  const [offset, setOffset] = useState(0);
  const [servicesWidth, setServicesWidth] = useState(0);
  const isEmpty = items.length === 0;
  useLayoutEffect(() => {
    const element = list.current;
    if (element === null || scroller === null) return;
    const measure = () => {
      setOffset(element.offsetTop);
      // The columns of all rows are the same, so one of them tells.
      if (!isEmpty) setServicesWidth(element.querySelector('.cell-services')?.clientWidth ?? 0);
    };
    const observer = new ResizeObserver(measure);
    observer.observe(scroller.firstElementChild ?? scroller);
    measure();
    return () => observer.disconnect();
  }, [scroller, isEmpty]);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller,
    estimateSize: () => (narrow.matches ? 60 : 34),
    overscan: 12,
    scrollMargin: offset,
  });
  const rows = virtual.getVirtualItems();
  const last = rows.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && last >= items.length - 20) loadMore();
  }, [hasMore, last, items.length, loadMore]);
  const maxMs = items.reduce((max, { duration_ms }) => Math.max(max, duration_ms), 0);

  const move = (by: number) => {
    const focused = document.activeElement?.closest('[data-index]')?.getAttribute('data-index');
    const next = focused == null ? 0 : Math.min(items.length - 1, Math.max(0, Number(focused) + by));
    virtual.scrollToIndex(next);
    requestAnimationFrame(() => focusRow(list.current, next));
  };
  useShortcuts('List', [
    { keys: 'j', label: 'Next row', run: () => move(1) },
    { keys: 'k', label: 'Row before', run: () => move(-1) },
    { keys: 'Enter', label: 'Open the row' },
  ]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    move(event.key === 'ArrowDown' ? 1 : -1);
  };
  return (
    <ul
      ref={list}
      className={`rows rows-${props.kind}`}
      aria-label={props.kind === 'traces' ? 'Traces' : 'Spans'}
      style={{ height: virtual.getTotalSize() }}
      onKeyDown={onKeyDown}
    >
      {rows.map(({ index, start, size }) => {
        const item = items[index];
        if (item === undefined) return null;
        return (
          <li
            key={props.keyOf(item)}
            aria-setsize={hasMore ? -1 : items.length}
            aria-posinset={index + 1}
            data-index={index}
            className="row"
            style={{ transform: `translateY(${start - offset}px)`, height: size }}
          >
            {props.row({
              item,
              maxMs,
              nowMs,
              servicesWidth,
              compareWith: props.compareWith,
              onCompare: props.onCompare,
            })}
          </li>
        );
      })}
    </ul>
  );
}
