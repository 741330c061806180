import { visibleRows } from '@utxoiq/model';
import { useMemo } from 'react';
import { useUrlState } from '../app/url-state.ts';
import {
  type CollapseRules,
  collapsedRows,
  formatCollapse,
  nothingCollapsed,
  parseCollapse,
  spanIdOf,
  toggleCollapse,
} from './collapse.ts';
import type { Analysis } from './use-analysis.ts';

export interface Collapse {
  readonly rules: CollapseRules;
  readonly collapsed: ReadonlySet<number>;
  readonly visible: Uint32Array;
  readonly toggle: (row: number) => void;
  readonly toDepth: (depth: number) => void;
  readonly toggleService: (name: string) => void;
  readonly expandAll: () => void;
  /** Opens whatever hides a row. */
  readonly reveal: (row: number) => CollapseRules | null;
}

export function useCollapse({ outline, tree }: Analysis): Collapse {
  const [{ closed }, update] = useUrlState();
  const rules = useMemo(() => parseCollapse(closed), [closed]);
  const collapsed = useMemo(() => collapsedRows(outline, tree, rules), [outline, tree, rules]);
  const visible = useMemo(() => visibleRows(tree, collapsed), [tree, collapsed]);
  return useMemo(() => {
    const set = (next: CollapseRules) => update({ closed: formatCollapse(next) }, { replace: true });
    return {
      rules,
      collapsed,
      visible,
      toggle: (row) => {
        if ((tree.subtreeSizes[row] ?? 1) > 1)
          set(toggleCollapse(rules, spanIdOf(outline, row), collapsed.has(row)));
      },
      toDepth: (depth) => set({ ...nothingCollapsed, depth }),
      toggleService: (name) => {
        const services = rules.services.includes(name)
          ? rules.services.filter((one) => one !== name)
          : [...rules.services, name];
        set({ ...rules, services, opened: [] });
      },
      expandAll: () => set(nothingCollapsed),
      reveal: (row) => {
        let next: CollapseRules = rules;
        for (let above = tree.parentRows[row] ?? -1; above >= 0; above = tree.parentRows[above] ?? -1) {
          if (collapsed.has(above)) next = toggleCollapse(next, spanIdOf(outline, above), true);
        }
        return next === rules ? null : next;
      },
    };
  }, [rules, collapsed, visible, outline, tree, update]);
}
