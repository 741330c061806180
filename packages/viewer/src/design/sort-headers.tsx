import { useUrlState } from '../app/url-state.ts';

interface SortHeadersProps<Key extends string> {
  readonly columns: readonly { readonly key: Key; readonly label: string }[];
  readonly sort: Key;
  /** By which the table is sorted when the address says nothing. */
  readonly standard: Key;
}

/** Heads of columns of numbers; a press sorts by one, the largest first, and the address remembers it. */
export function SortHeaders<Key extends string>({ columns, sort, standard }: SortHeadersProps<Key>) {
  const [, update] = useUrlState();
  return columns.map(({ key, label }) => (
    <th key={key} scope="col" className="num" aria-sort={sort === key ? 'descending' : 'none'}>
      <button
        type="button"
        className="sort"
        aria-pressed={sort === key}
        onClick={() => update({ sort: key === standard ? undefined : key }, { replace: true })}
      >
        {label} {sort === key ? '↓' : ''}
      </button>
    </th>
  ));
}
