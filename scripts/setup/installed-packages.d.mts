/** Whether npm's own record of what it installed (its hidden lock file) has every package of the lock file. */
export function matchesLock(wanted: unknown, hiddenText: string | null): boolean;
