import { Link } from '@tanstack/react-router';
import { parseUrlState } from '../app/url-state.ts';

/** To the traces behind an alert, by the address that the API gave. */
export function TracesLink({ link, label }: { link: string; label: string }) {
  return (
    <Link
      className="button small"
      to="/"
      search={parseUrlState(link.slice(link.indexOf('?') + 1))}
      aria-label={label}
    >
      Traces
    </Link>
  );
}
