import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useClock } from '../app/clock.ts';
import { useShortcuts } from '../app/shortcuts.tsx';
import type { RowProps } from './rows.tsx';

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
