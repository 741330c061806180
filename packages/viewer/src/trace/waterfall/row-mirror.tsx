import { outlineIsError } from '@utxoiq/model';
import { type KeyboardEvent, type RefObject, useEffect, useState } from 'react';
import { rowName } from '../../design/shown-name.ts';
import { formatDuration } from '../../time/format.ts';
import type { Analysis } from '../use-analysis.ts';

interface RowMirrorProps {
  readonly analysis: Analysis;
  readonly visible: Uint32Array;
  readonly collapsed: ReadonlySet<number>;
  readonly selectedRow: number;
  readonly scroller: RefObject<HTMLDivElement | null>;
  /** Row pixels per scrolled pixel. */
  readonly ratio: number;
  readonly rowHeight: number;
  readonly headerHeight: number;
  readonly height: number;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

const settleMs = 120;

/** Pixels of rows above the view, once scrolling has come to rest. */
function useSettledTop(scroller: RefObject<HTMLDivElement | null>, ratio: number): number {
  const [top, setTop] = useState(0);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onScroll = () => {
      clearTimeout(timer);
      timer = setTimeout(() => setTop(element.scrollTop * ratio), settleMs);
    };
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      clearTimeout(timer);
      element.removeEventListener('scroll', onScroll);
    };
  }, [scroller, ratio]);
  return top;
}

/**
 * The rows that the canvas shows, as a tree for screen readers and keys: it lies over the canvas, cannot be
 * seen and lets pointers through. It follows when scrolling rests, so that scrolling costs only the canvas.
 */
export function RowMirror(props: RowMirrorProps) {
  const { analysis, visible, collapsed, selectedRow, rowHeight, headerHeight, height } = props;
  const { outline, tree } = analysis;
  const top = useSettledTop(props.scroller, props.ratio);
  const first = Math.max(0, Math.floor(top / rowHeight));
  const count = Math.min(visible.length - first, Math.ceil(height / rowHeight) + 1);
  const places = Array.from({ length: Math.max(0, count) }, (_, index) => first + index);
  const selectedPlace = selectedRow < 0 ? -1 : visible.indexOf(selectedRow);
  const hasActive = selectedPlace >= first && selectedPlace < first + count;
  return (
    <div
      className="row-mirror"
      role="tree"
      aria-label="Spans of the trace"
      tabIndex={0}
      {...(hasActive ? { 'aria-activedescendant': `span-row-${selectedRow}` } : {})}
      onKeyDown={props.onKeyDown}
    >
      {places.map((place) => {
        const row = visible[place] ?? 0;
        const parent = tree.parentRows[row] ?? -1;
        const siblings = parent < 0 ? tree.roots.length : childCount(tree.childOffsets, parent);
        const name = rowName(outline, row);
        const service = outline.services[outline.serviceIndexes[row] ?? 0] ?? '';
        const error = outlineIsError(outline.flags[row] ?? 0) ? ', error' : '';
        return (
          <div
            key={row}
            id={`span-row-${row}`}
            role="treeitem"
            tabIndex={-1}
            aria-level={(tree.depths[row] ?? 0) + 1}
            aria-setsize={siblings}
            aria-selected={row === selectedRow}
            {...((tree.subtreeSizes[row] ?? 1) > 1 ? { 'aria-expanded': !collapsed.has(row) } : {})}
            style={{ top: headerHeight + place * rowHeight - top, height: rowHeight }}
          >
            {`${name.slice(0, 200)}, ${service}, ${formatDuration((outline.durationNanos[row] ?? 0) / 1e6)}${error}`}
          </div>
        );
      })}
    </div>
  );
}

function childCount(childOffsets: Uint32Array, row: number): number {
  return (childOffsets[row + 1] ?? 0) - (childOffsets[row] ?? 0);
}
