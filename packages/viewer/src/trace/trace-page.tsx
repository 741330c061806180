import { useParams } from '@tanstack/react-router';
import { useUrlState } from '../app/url-state.ts';
import { Failure, Loading } from '../design/states.tsx';
import { TraceView } from './trace-view.tsx';
import { useServerTrace } from './use-server-trace.ts';

export function TracePage() {
  const { traceId = '' } = useParams({ strict: false });
  const [{ project }] = useUrlState();
  const trace = useServerTrace(traceId, project);
  return (
    <main className="trace-page">
      {trace.data === undefined && <h1 className="visually-hidden">Trace</h1>}
      {trace.isPending && <Loading what="the trace" />}
      {trace.isLoadingError && (
        <Failure error={trace.error} what="the trace" retry={() => void trace.refetch()} />
      )}
      {trace.data !== undefined && <TraceView document={trace.data} />}
    </main>
  );
}
