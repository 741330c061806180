/** What a sign-in keeps in a cookie has to stay well under the 4 KB of one. */
const maxLength = 1500;
const here = 'http://here.invalid';

/** Where a browser goes after it has signed in: an address of this platform; anything else is its start page. */
export function returnPath(wanted: unknown): string {
  if (typeof wanted !== 'string' || !wanted.startsWith('/') || wanted.length > maxLength) return '/';
  if (!URL.canParse(wanted, here)) return '/';
  const { origin, pathname, search, hash } = new URL(wanted, here);
  // A path may still begin with two slashes, which would be another host.
  return origin === here && !pathname.startsWith('//') ? pathname + search + hash : '/';
}
