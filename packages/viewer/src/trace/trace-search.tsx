import { searchOutline } from '@utxoiq/model';
import { type RefObject, useMemo, useState } from 'react';
import { useUrlState } from '../app/url-state.ts';
import { Icon } from '../design/icon.tsx';
import { formatCount } from '../time/format.ts';
import type { Analysis } from './use-analysis.ts';

export interface Found {
  /** Rows that match, in the order of the waterfall; null while nothing is searched. */
  readonly rows: Uint32Array | null;
  /** 1 for each row that matches. */
  readonly marks: Uint8Array | null;
}

/** What a text finds; `is:error` in it keeps only failed spans. */
export function findIn({ outline, tree }: Analysis, wanted: string | undefined): Found {
  if (wanted === undefined || wanted.trim() === '') return { rows: null, marks: null };
  const errorsOnly = /(^|\s)is:error(\s|$)/.test(wanted);
  const text = wanted.replace(/(^|\s)is:error(?=\s|$)/, ' ');
  const marks = new Uint8Array(outline.size);
  for (const row of searchOutline(outline, text, { errorsOnly })) marks[row] = 1;
  return { rows: tree.order.filter((row) => marks[row] === 1), marks };
}

export function useFound(analysis: Analysis): Found {
  const [{ find }] = useUrlState();
  return useMemo(() => findIn(analysis, find), [analysis, find]);
}

/** The match after (`by` 1) or before (-1) a row, around the end. */
export function nextMatch(found: Found, { tree }: Analysis, row: number, by: 1 | -1): number {
  const { rows } = found;
  if (rows === null || rows.length === 0) return -1;
  const position = row < 0 ? -1 : (tree.positions[row] ?? -1);
  if (by === 1) return rows.find((one) => (tree.positions[one] ?? 0) > position) ?? rows[0] ?? -1;
  return rows.findLast((one) => (tree.positions[one] ?? 0) < position) ?? rows.at(-1) ?? -1;
}

interface TraceSearchProps {
  readonly input: RefObject<HTMLInputElement | null>;
  readonly found: Found;
  readonly onStep: (by: 1 | -1, text: string) => void;
}

export function TraceSearch({ input, found, onStep }: TraceSearchProps) {
  const [{ find = '' }, update] = useUrlState();
  const [draft, setDraft] = useState({ text: find, of: find });
  const text = draft.of === find ? draft.text : find;
  return (
    <search className="trace-search">
      <span className="filter-icon">
        <Icon name="search" />
      </span>
      <input
        ref={input}
        className="field"
        aria-label="Search this trace"
        placeholder="Name, service, span id, is:error"
        value={text}
        onChange={(event) => {
          setDraft({ text: event.target.value, of: event.target.value });
          update({ find: event.target.value || undefined }, { replace: true });
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onStep(event.shiftKey ? -1 : 1, text);
          if (event.key === 'Escape') event.currentTarget.blur();
        }}
      />
      {found.rows !== null && (
        <span className="trace-found muted" role="status">
          {formatCount(found.rows.length)} found
        </span>
      )}
    </search>
  );
}
