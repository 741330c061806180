import { useMemo } from 'react';
import { type Scope, useOperations, useTimeseries } from '../api/queries.ts';
import { useUrlState } from '../app/url-state.ts';
import { Icon } from '../design/icon.tsx';
import { ServiceSwatch } from '../design/service-chip.tsx';
import { Failure, Loading } from '../design/states.tsx';
import { addTerm, equalsTerm } from '../explore/filter-terms.ts';
import { pointsOf } from './points-of.ts';
import { RedTable } from './red-table.tsx';

/** The operations of one service, under the page's filter. */
export function Operations({ scope, service }: { scope: Scope; service: string }) {
  const filter = equalsTerm('service', service);
  const operations = useOperations(scope, service);
  const filtered = useMemo(() => {
    const own = typeof scope.params.filter_str === 'string' ? scope.params.filter_str : '';
    return {
      ...scope,
      params: { ...scope.params, filter_str: addTerm(own, filter), language: 'query' },
    };
  }, [scope, filter]);
  const series = useTimeseries(filtered, 40, 'operation');
  const [, update] = useUrlState();
  const rows = useMemo(
    () =>
      (operations.data?.data ?? []).map((one) => ({
        ...one,
        name: one.operation,
        note: one.kind,
        filter: addTerm(filter, equalsTerm('name', one.operation)),
        points: pointsOf(series.data?.data, `${service} ${one.operation}`, scope.range),
      })),
    [operations.data, series.data, filter, service, scope.range],
  );
  return (
    <section className="panel operations" aria-label={`Operations of ${service}`}>
      <div className="panel-head">
        <ServiceSwatch name={service} />
        <h2>Operations of {service}</h2>
        <span className="spread" />
        <button
          type="button"
          className="button plain icon"
          aria-label="Close the operations"
          onClick={() => update({ service: undefined })}
        >
          <Icon name="close" />
        </button>
      </div>
      {operations.isPending && scope.filterError === null && <Loading what="the operations" />}
      {operations.isError && (
        <Failure error={operations.error} what="the operations" retry={() => void operations.refetch()} />
      )}
      {operations.isSuccess && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by key
        <section className="scroll" tabIndex={0} aria-label="Operations">
          <RedTable rows={rows} scope={scope} what="Operation" />
        </section>
      )}
    </section>
  );
}
