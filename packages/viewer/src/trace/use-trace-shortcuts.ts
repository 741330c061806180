import { outlineIsError } from '@utxoiq/model';
import type { RefObject } from 'react';
import { useShortcuts } from '../app/shortcuts.tsx';
import { type UpdateUrl, useUrlState } from '../app/url-state.ts';
import type { Analysis } from './use-analysis.ts';
import type { Collapse } from './use-collapse.ts';
import { panWindow, type TimeWindow, windowAround, zoomWindow } from './waterfall/time-window.ts';

export const views = [
  { id: 'waterfall', label: 'Waterfall' },
  { id: 'flame', label: 'Flame graph' },
  { id: 'table', label: 'Totals' },
  { id: 'lanes', label: 'Flame by time' },
] as const;
export type ViewId = (typeof views)[number]['id'];

export function showView(update: UpdateUrl, id: ViewId): void {
  update({ view: id === 'waterfall' ? undefined : id });
}

interface TraceKeys {
  readonly analysis: Analysis;
  readonly collapse: Collapse;
  /** The selected row, -1 for none. */
  readonly row: number;
  readonly select: (row: number, how: 'key' | 'jump') => void;
  readonly stepMatch: (by: 1 | -1) => void;
  readonly window: TimeWindow;
  readonly setWindow: (window: TimeWindow) => void;
  readonly togglePanel: () => void;
  readonly search: RefObject<HTMLInputElement | null>;
}

/** The keys of a trace, in every view of it. */
export function useTraceShortcuts(keys: TraceKeys): void {
  const { analysis, collapse, row, select, stepMatch, window, setWindow } = keys;
  const { outline, tree, durationNanos } = analysis;
  const [state, update] = useUrlState();
  const goTo = (next: number | undefined) => {
    if (next !== undefined && next >= 0) select(next, 'key');
  };
  const step = (by: 1 | -1) => goTo(collapse.visible[collapse.visible.indexOf(row) + by]);
  const isOpen = (tree.subtreeSizes[row] ?? 1) > 1 && !collapse.collapsed.has(row);
  const expand = () =>
    collapse.collapsed.has(row) ? collapse.toggle(row) : goTo(tree.childRows[tree.childOffsets[row] ?? 0]);
  const nextError = () => {
    const isError = (one: number) => outlineIsError(outline.flags[one] ?? 0);
    const from = row < 0 ? 0 : (tree.positions[row] ?? 0) + 1;
    const next = tree.order.subarray(from).find(isError) ?? tree.order.find(isError);
    if (next !== undefined) select(next, 'jump');
  };
  const zoom = (factor: number) => setWindow(zoomWindow(window, factor, 0.5, durationNanos));
  const pan = (share: number) => setWindow(panWindow(window, share, durationNanos));
  useShortcuts('Trace', [
    { keys: '/', label: 'Search this trace', run: () => keys.search.current?.focus() },
    { keys: 'n', label: 'Next match', run: () => stepMatch(1) },
    { keys: 'Shift+N', label: 'Match before', run: () => stepMatch(-1) },
    { keys: 'e', label: 'Next error', run: nextError },
    { keys: 'j', label: 'Next row', run: () => step(1) },
    { keys: 'k', label: 'Row before', run: () => step(-1) },
    { keys: 'ArrowRight', label: 'Expand, or go to the first child', run: expand },
    {
      keys: 'ArrowLeft',
      label: 'Collapse, or go to the parent',
      run: () => (isOpen ? collapse.toggle(row) : goTo(tree.parentRows[row])),
    },
    { keys: 'Enter', label: 'Open or close the details', run: keys.togglePanel },
    { keys: 'Escape', label: 'Close the details', run: () => update({ span: undefined }) },
    {
      keys: 'c',
      label: 'Critical path',
      run: () => update({ path: state.path === '0' ? undefined : '0' }, { replace: true }),
    },
  ]);
  useShortcuts('Time and views', [
    { keys: 'w', label: 'Zoom in', run: () => zoom(0.6) },
    { keys: 's', label: 'Zoom out', run: () => zoom(1 / 0.6) },
    { keys: 'a', label: 'Earlier', run: () => pan(-0.25) },
    { keys: 'd', label: 'Later', run: () => pan(0.25) },
    {
      keys: 'f',
      label: 'Zoom to the span',
      run: () => row >= 0 && setWindow(windowAround(outline, row, durationNanos)),
    },
    { keys: '0', label: 'Whole trace', run: () => setWindow({ from: 0, to: durationNanos }) },
    ...views.map(({ id, label }, index) => ({
      keys: String(index + 1),
      label,
      run: () => showView(update, id),
    })),
  ]);
}
