import type { FilterError } from '@utxoiq/model';
import { useUrlState } from '../app/url-state.ts';
import { Empty } from '../design/states.tsx';

/** Where there is nothing to show yet: the address came with a filter that nobody can run. */
export function UnreadableFilter({ error }: { error: FilterError }) {
  const [, update] = useUrlState();
  return (
    <Empty title="The filter cannot be read">
      <p>{error.message}. Correct it above, where it is underlined.</p>
      <button type="button" className="button" onClick={() => update({ q: undefined })}>
        Clear the filter
      </button>
    </Empty>
  );
}
