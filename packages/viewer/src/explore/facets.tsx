import { type FormEvent, useId, useState } from 'react';
import { type Scope, useAttributeKeys, useFacets, useListsSettled } from '../api/queries.ts';
import type { Facet } from '../api/types.ts';
import { useUrlState } from '../app/url-state.ts';
import { Icon } from '../design/icon.tsx';
import { ServiceSwatch } from '../design/service-chip.tsx';
import { Failure } from '../design/states.tsx';
import { formatCount } from '../time/format.ts';
import { addTerm, equalsTerm, excludeTerm, hasTerm, removeTerm } from './filter-terms.ts';
import { useCharts } from './overview.tsx';

const standardFacets = [
  { key: 'service', title: 'Service' },
  { key: 'name', title: 'Operation' },
  { key: 'status', title: 'Status' },
  { key: 'http.request.method', title: 'Method' },
  { key: 'http.response.status_code', title: 'Status code' },
] as const;

function FacetValue({
  facet,
  value,
  count,
  most,
}: {
  facet: string;
  value: string;
  count: number;
  most: number;
}) {
  const [{ q = '' }, update] = useUrlState();
  const term = equalsTerm(facet, value);
  const active = hasTerm(q, term) && !hasTerm(q, `NOT ${term}`);
  return (
    <li className="facet-value">
      <button
        type="button"
        className="facet-main"
        aria-pressed={active}
        title={value}
        onClick={() => update({ q: active ? removeTerm(q, term) : addTerm(q, term) })}
      >
        {facet === 'service' && <ServiceSwatch name={value} />}
        <span className="clip">{value === '' ? '(empty)' : value}</span>
        <span className="spread" />
        <span className="num faint">{formatCount(count)}</span>
        <span className="facet-bar" style={{ width: `${(count / Math.max(1, most)) * 100}%` }} />
      </button>
      <button
        type="button"
        className="facet-not"
        aria-label={`Exclude ${value}`}
        title={`Exclude ${value}`}
        onClick={() => update({ q: addTerm(removeTerm(q, term), excludeTerm(facet, value)) })}
      >
        <Icon name="minus" />
      </button>
    </li>
  );
}

interface FacetGroupProps {
  readonly title: string;
  readonly facet: Facet | undefined;
  readonly facetKey: string;
  readonly isAsked: boolean;
  readonly onUnpin?: () => void;
}

function FacetGroup({ title, facet, facetKey, isAsked, onUnpin }: FacetGroupProps) {
  const [open, setOpen] = useState(true);
  const [all, setAll] = useState(false);
  const values = facet?.values ?? [];
  const most = values.reduce((max, { count }) => Math.max(max, count), 0);
  return (
    <section className="facet">
      <h2 className="line">
        <button type="button" className="facet-title" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon name={open ? 'down' : 'right'} />
          <span className="clip">{title}</span>
        </button>
        {onUnpin !== undefined && (
          <button type="button" className="facet-not" onClick={onUnpin} aria-label={`Unpin ${title}`}>
            <Icon name="close" />
          </button>
        )}
      </h2>
      {open && (
        <ul>
          {values.slice(0, all ? undefined : 8).map(({ value, count }) => (
            <FacetValue key={value} facet={facetKey} value={value} count={count} most={most} />
          ))}
          {values.length === 0 && (
            <li className="facet-none faint">
              {facet !== undefined ? 'none in this range' : isAsked ? '…' : '–'}
            </li>
          )}
        </ul>
      )}
      {open && values.length > 8 && (
        <button type="button" className="more-button" onClick={() => setAll(!all)}>
          {all ? 'fewer' : `${values.length - 8} more`}
        </button>
      )}
    </section>
  );
}

function PinForm({
  scope,
  pinned,
  onPin,
}: {
  scope: Scope;
  pinned: readonly string[];
  onPin: (key: string) => void;
}) {
  const [text, setText] = useState('');
  const [focused, setFocused] = useState(false);
  const list = useId();
  const { data: keys = [] } = useAttributeKeys(scope, text, focused);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const key = text.trim();
    if (key !== '' && !pinned.includes(key)) onPin(key);
    setText('');
  };
  return (
    <form className="pin-form" onSubmit={submit}>
      <input
        className="field"
        aria-label="Attribute to pin"
        placeholder="Pin an attribute…"
        value={text}
        list={list}
        onFocus={() => setFocused(true)}
        onChange={(event) => setText(event.target.value)}
      />
      <datalist id={list}>
        {keys.map(({ key }) => (
          <option key={key} value={key} />
        ))}
      </datalist>
      <button type="submit" className="button icon" aria-label="Pin" disabled={text.trim() === ''}>
        <Icon name="pin" />
      </button>
    </form>
  );
}

export function Facets({ scope }: { scope: Scope }) {
  const [state, update] = useUrlState();
  const pinned = state.facets?.split(',') ?? [];
  const keys = [...standardFacets.map(({ key }) => key), ...pinned];
  // The charts and the list are what one waits for; over many spans the facets would hold them up.
  const { heatmap, series } = useCharts(scope);
  const isTheirTurn = useListsSettled() && !heatmap.isFetching && !series.isFetching;
  const answer = useFacets(scope, keys, isTheirTurn);
  const setPinned = (next: readonly string[]) => update({ facets: next.join(',') || undefined });
  const isAsked = scope.filterError === null;
  const find = (key: string) => answer.data?.data.find((facet) => facet.key === key);
  return (
    <aside className="facets scroll" aria-label="Facets" tabIndex={-1}>
      {answer.isError && (
        <Failure error={answer.error} what="the facets" retry={() => void answer.refetch()} />
      )}
      {standardFacets.map(({ key, title }) => (
        <FacetGroup key={key} title={title} facetKey={key} facet={find(key)} isAsked={isAsked} />
      ))}
      {pinned.map((key) => (
        <FacetGroup
          key={key}
          title={key}
          facetKey={key}
          facet={find(key)}
          isAsked={isAsked}
          onUnpin={() => setPinned(pinned.filter((one) => one !== key))}
        />
      ))}
      <PinForm scope={scope} pinned={keys} onPin={(key) => setPinned([...pinned, key])} />
    </aside>
  );
}
