import { describe, expect, it } from 'vitest';
import { mayAct, narrowProjects, principalFromClaims } from './principal.ts';

const names = { rolesClaim: 'roles', projectsClaim: 'projects' };

describe('principalFromClaims', () => {
  it('reads lists and texts, and leaves unknown roles out', () => {
    expect(principalFromClaims({ sub: 'a', exp: 9, roles: ['viewer', 'root'] }, names)).toEqual({
      subject: 'a',
      roles: ['viewer'],
      projects: 'all',
      expiresAt: 9,
    });
    expect(principalFromClaims({ roles: 'viewer writer', projects: 'p1 p2' }, names)).toMatchObject({
      roles: ['viewer', 'writer'],
      projects: ['p1', 'p2'],
    });
  });

  it('reads nested claims and claims named by a URL', () => {
    const claims = { realm_access: { roles: ['admin'] }, 'https://utxoiq.example/projects': ['p'] };
    const deep = { rolesClaim: 'realm_access.roles', projectsClaim: 'https://utxoiq.example/projects' };
    expect(principalFromClaims(claims, deep)).toMatchObject({ roles: ['admin'], projects: ['p'] });
  });

  it('takes an empty projects claim as no project, and none as all', () => {
    expect(principalFromClaims({ projects: [] }, names).projects).toEqual([]);
    expect(principalFromClaims({}, names).projects).toBe('all');
  });

  it('does not read what objects inherit', () => {
    expect(
      principalFromClaims({}, { rolesClaim: 'constructor.name', projectsClaim: 'projects' }).roles,
    ).toEqual([]);
  });
});

describe('what a principal may', () => {
  const of = (role: 'viewer' | 'writer' | 'admin') =>
    ({ subject: 's', roles: [role], projects: 'all', expiresAt: 0 }) as const;

  it('an admin may all, the others only their own', () => {
    expect(mayAct(of('admin'), 'viewer')).toBe(true);
    expect(mayAct(of('writer'), 'viewer')).toBe(false);
    expect(mayAct(of('viewer'), 'writer')).toBe(false);
  });

  it('narrows to the projects asked for, within the allowed ones', () => {
    expect(narrowProjects('all', ['a'])).toEqual(['a']);
    expect(narrowProjects(['a', 'b'], [])).toEqual(['a', 'b']);
    expect(narrowProjects(['a', 'b'], ['b'])).toEqual(['b']);
    expect(narrowProjects(['a'], ['a', 'c'])).toBeNull();
  });
});
