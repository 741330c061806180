import { Icon } from './icon.tsx';

/** Asks again; each page binds the key itself. */
export function RefreshButton({ onRefresh }: { readonly onRefresh: () => void }) {
  return (
    <button
      type="button"
      className="button icon"
      onClick={onRefresh}
      aria-label="Refresh"
      title="Refresh (r)"
    >
      <Icon name="refresh" />
    </button>
  );
}
