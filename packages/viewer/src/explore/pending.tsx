import type { FilterError } from '@utxoiq/model';
import type { Scope } from '../api/queries.ts';
import { useUrlState } from '../app/url-state.ts';
import { Empty, Loading } from '../design/states.tsx';

/** While there is nothing to show yet: it is being asked for, or the filter is such that it cannot be. */
export function Pending({ scope, what }: { scope: Scope; what: string }) {
  return scope.filterError === null ? (
    <Loading what={what} />
  ) : (
    <UnreadableFilter error={scope.filterError} />
  );
}

function UnreadableFilter({ error }: { error: FilterError }) {
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
