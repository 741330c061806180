import { useSilentSince } from '../api/reachability.ts';
import { Icon } from '../design/icon.tsx';
import { formatMoment } from '../time/format.ts';

/** That the platform does not answer, above whatever page is open: what stands there is from before. */
export function Silence() {
  const sinceMs = useSilentSince();
  if (sinceMs === null) return null;
  return (
    <div className="notice bad-notice silence" role="alert">
      <Icon name="warning" />
      <span>
        No answer from the platform since {formatMoment(sinceMs, Date.now())}. What is shown was read before;
        the rest follows once it answers. Check that it runs (npm start) and that this machine reaches it.
      </span>
    </div>
  );
}
