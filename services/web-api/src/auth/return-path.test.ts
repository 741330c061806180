import { expect, it } from 'vitest';
import { returnPath } from './return-path.ts';

it('leads back to an address of this platform', () => {
  for (const path of ['/', '/traces/ab?span=cd&q=a:b', '/?from=now-1h&q=name%3D%22a%20b%22#x'])
    expect(returnPath(path)).toBe(path);
  expect(returnPath('/a\r\nset-cookie: x')).toBe('/aset-cookie:%20x');
});

it('leads nowhere else', () => {
  const foreign = [
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/.//evil.example',
    '/a/..//evil.example',
  ];
  for (const wanted of [
    ...foreign,
    'https://evil.example/',
    'javascript:alert(1)',
    '',
    undefined,
    ['/a', '/b'],
  ])
    expect(returnPath(wanted)).toBe('/');
  expect(returnPath(`/${'x'.repeat(5000)}`)).toBe('/');
});
