import { useNavigate } from '@tanstack/react-router';
import { parseQuery } from '@utxoiq/model';
import { type FormEvent, type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { Scope } from '../api/queries.ts';
import { useShortcuts } from '../app/shortcuts.tsx';
import { sharedUrlState, type UrlState, useUrlState } from '../app/url-state.ts';
import { Icon } from '../design/icon.tsx';
import { traceIdIn } from './filter-terms.ts';
import { highlight, markPieces } from './highlight.ts';
import { type Suggestion, type Suggestions, useSuggestions } from './suggestions.ts';
import './filter-bar.css';

/** The text in colours, beneath an input whose own text is transparent. */
function Colours({ text, error }: { text: string; error: { position: number; length: number } | null }) {
  const shown = error !== null && error.position >= text.length ? `${text} ` : text;
  const pieces = highlight(shown);
  const marked =
    error === null
      ? pieces.map((piece) => ({ ...piece, bad: false }))
      : markPieces(
          pieces,
          Math.min(error.position, shown.length - 1),
          error.position + Math.max(1, error.length),
        );
  return marked.map(({ text, kind, bad }, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces of a text have no other identity
    <span key={index} className={`piece-${kind}${bad ? ' piece-bad' : ''}`}>
      {text}
    </span>
  ));
}

interface SuggestionListProps {
  readonly id: string;
  readonly suggestions: Suggestions;
  readonly active: number;
  readonly accept: (suggestion: Suggestion) => void;
}

function SuggestionList({ id, suggestions, active, accept }: SuggestionListProps) {
  return (
    <>
      <div className="suggestions-title faint">{suggestions.title}</div>
      <div id={id} role="listbox" aria-label={suggestions.title}>
        {suggestions.items.map((suggestion, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox has the keys
          <div
            key={suggestion.insert}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            className="menu-item suggestion"
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => accept(suggestion)}
          >
            <code className="clip">{suggestion.label}</code>
            <span className="spread" />
            <span className="faint clip">{suggestion.hint}</span>
          </div>
        ))}
      </div>
    </>
  );
}

export function FilterBar({ scope }: { scope: Scope }) {
  const [{ q = '' }, update] = useUrlState();
  const navigate = useNavigate();
  const [draft, setDraft] = useState({ text: q, of: q });
  // The address moved on without us (a facet, the back button): what it says replaces the draft.
  const text = draft.of === q ? draft.text : q;
  const [cursor, setCursor] = useState(q.length);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const [insisted, setInsisted] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const ghost = useRef<HTMLDivElement>(null);
  const listId = useId();
  const errorId = useId();
  const result = useMemo(() => parseQuery(text), [text]);
  const error = result.ok ? null : result.error;
  const suggestions = useSuggestions(scope, text, cursor, open);
  const shown = open && suggestions.items.length > 0;
  useShortcuts('Filter', [
    { keys: '/', label: 'Type a filter', run: () => input.current?.focus() },
    { keys: 'Tab', label: 'While typing: take the suggestion' },
    { keys: 'Enter', label: 'While typing: run the filter' },
  ]);

  const setText = (next: string, at: number) => {
    setDraft({ text: next, of: q });
    setCursor(at);
    setActive(-1);
    setInsisted(false);
  };
  const placeCursor = useRef<number | null>(null);
  useEffect(() => {
    if (placeCursor.current === null) return;
    input.current?.setSelectionRange(placeCursor.current, placeCursor.current);
    placeCursor.current = null;
  });
  const accept = ({ insert }: Suggestion) => {
    const at = suggestions.from + insert.length;
    setText(
      text.slice(0, suggestions.from) +
        insert +
        text.slice(suggestions.to).replace(/^ (?=\S|$)/, insert.endsWith(' ') ? '' : ' '),
      at,
    );
    placeCursor.current = at;
    setOpen(true);
    input.current?.focus();
  };
  const apply = (next: string) => {
    const traceId = traceIdIn(next);
    if (traceId !== null) {
      setText(q, q.length);
      void navigate({
        to: '/traces/$traceId',
        params: { traceId },
        search: (state: UrlState) => sharedUrlState(state),
      });
      return;
    }
    if (!parseQuery(next).ok) {
      setInsisted(true);
      return;
    }
    setOpen(false);
    update({ q: next.trim() || undefined, sel: undefined, diff: undefined });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const count = suggestions.items.length;
    const chosen = suggestions.items[active];
    if (event.key === 'Escape') {
      if (shown) setOpen(false);
      else event.currentTarget.blur();
    } else if (event.key === 'ArrowDown' && count > 0) {
      event.preventDefault();
      setOpen(true);
      setActive((active + 1) % count);
    } else if (event.key === 'ArrowUp' && shown) {
      event.preventDefault();
      setActive(active <= 0 ? count - 1 : active - 1);
    } else if (event.key === 'Tab' && shown && !event.shiftKey && text !== '') {
      const first = chosen ?? suggestions.items[0];
      if (first === undefined) return;
      event.preventDefault();
      accept(first);
    } else if (event.key === 'Enter' && shown && chosen !== undefined) {
      event.preventDefault();
      accept(chosen);
    }
  };
  const follow = () => {
    const element = input.current;
    if (element === null) return;
    setCursor(element.selectionStart ?? element.value.length);
    if (ghost.current !== null) ghost.current.scrollLeft = element.scrollLeft;
  };

  return (
    <search className="filter-bar">
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          apply(text);
        }}
      >
        <span className="filter-icon">
          <Icon name="search" />
        </span>
        <div className="filter-colours mono" ref={ghost} aria-hidden="true">
          <Colours text={text} error={error} />
        </div>
        <input
          ref={input}
          className="field mono filter-input"
          role="combobox"
          aria-label="Filter"
          aria-expanded={shown}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-invalid={error !== null}
          {...(active >= 0 && shown ? { 'aria-activedescendant': `${listId}-${active}` } : {})}
          {...(error === null ? {} : { 'aria-describedby': errorId })}
          placeholder="service=checkout status=error duration>=500ms …"
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          value={text}
          onChange={(event) => {
            setText(event.target.value, event.target.selectionStart ?? event.target.value.length);
            setOpen(true);
          }}
          onSelect={follow}
          onScroll={follow}
          onFocus={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onKeyDown={onKeyDown}
        />
        {text !== '' && (
          <button
            type="button"
            className="button plain icon filter-clear"
            aria-label="Clear the filter"
            onClick={() => {
              setText('', 0);
              apply('');
            }}
          >
            <Icon name="close" />
          </button>
        )}
      </form>
      {(shown || error !== null) && (
        <div className={open || insisted ? 'suggestions' : 'suggestions suggestions-quiet'}>
          {error !== null && (
            <p id={errorId} className="filter-error" role={insisted ? 'alert' : undefined}>
              <span className="bad">{error.message}</span>{' '}
              <span className="faint">
                at character {error.position + 1}; expected {error.expected}
              </span>
            </p>
          )}
          {shown && <SuggestionList id={listId} suggestions={suggestions} active={active} accept={accept} />}
        </div>
      )}
    </search>
  );
}
