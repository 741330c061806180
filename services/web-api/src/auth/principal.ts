import type { Projects } from '@utxoiq/store';

/** `viewer` reads traces, `writer` sends spans, `admin` may both, may delete and writes alert rules. */
export const roles = ['viewer', 'writer', 'admin'] as const;
export type Role = (typeof roles)[number];

/** The last second that RFC 3339 can write: some issuers mean `never` by a number far beyond. */
const endOfTimes = 253_402_300_799;

/** Who asks, as a token or a session says. */
export interface Principal {
  readonly subject: string;
  readonly roles: readonly Role[];
  readonly projects: Projects;
  /** Seconds of the Unix epoch. */
  readonly expiresAt: number;
}

export function mayAct(principal: Principal, role: Role): boolean {
  return principal.roles.includes(role) || principal.roles.includes('admin');
}

export function isRole(value: unknown): value is Role {
  return roles.some((role) => role === value);
}

/**
 * Roles and projects from a token's claims. A claim may be a list or a text with spaces between; unknown roles
 * are left out. A claim name may be a path with dots (`realm_access.roles`) or, as some issuers demand, a URL.
 * No projects claim means all projects; an empty one means none.
 */
export function principalFromClaims(
  claims: Readonly<Record<string, unknown>>,
  names: { readonly rolesClaim: string; readonly projectsClaim: string },
): Principal {
  const projects = claimAt(claims, names.projectsClaim);
  return {
    subject: typeof claims.sub === 'string' ? claims.sub : 'unknown',
    roles: textsOf(claimAt(claims, names.rolesClaim)).filter(isRole),
    projects: projects === undefined || projects === '*' ? 'all' : textsOf(projects),
    expiresAt: typeof claims.exp === 'number' ? Math.min(claims.exp, endOfTimes) : 0,
  };
}

function claimAt(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  return name.split('.').reduce<unknown>((value, key) => {
    const isObject = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
    return isObject ? (value as Record<string, unknown>)[key] : undefined;
  }, claims);
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.split(/[\s,]+/).filter((text) => text !== '');
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** The projects that may be read of those that were asked for; null when one of them is not allowed. */
export function narrowProjects(allowed: Projects, asked: readonly string[]): Projects | null {
  if (asked.length === 0) return allowed;
  if (allowed === 'all') return asked;
  return asked.every((project) => allowed.includes(project)) ? asked : null;
}
