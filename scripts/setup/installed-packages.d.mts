/** The path of the pinned Node (a dependency of the workspace root). */
export function pinnedNode(root: string): string;
/** Runs npm unless node_modules already holds what the lock file says. */
export function ensureInstalled(root: string, log: (line: string) => void): Promise<void>;
