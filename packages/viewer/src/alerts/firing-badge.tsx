import { useAlertCounts } from '../api/alerts.ts';
import { useSession } from '../app/session.ts';

/** How many alerts fire, beside the page's name in the navigation; nothing while none does. */
export function FiringBadge() {
  const session = useSession();
  const { data } = useAlertCounts(session.data != null);
  const firing = data?.counts.firing ?? 0;
  if (firing === 0) return null;
  return (
    <span className="firing-badge">
      {firing > 99 ? '99+' : firing}
      <span className="visually-hidden"> firing</span>
    </span>
  );
}
