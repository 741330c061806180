import { describe, expect, it } from 'vitest';
import { apiPath, nextPageToken, unsampledParent } from './client.ts';

describe('the API client', () => {
  it('repeats a parameter that has several values and leaves out what is undefined', () => {
    expect(apiPath('/x', { project: ['a', 'b'], q: undefined, n: 1 })).toBe(
      '/api/v1/x?project=a&project=b&n=1',
    );
  });

  it('asks not to be traced', () => {
    expect(unsampledParent()).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    expect(unsampledParent()).not.toBe(unsampledParent());
  });

  it('finds the next page in a Link header', () => {
    expect(nextPageToken('</api/v1/monitoring/traces?page_token=a%2Bb&page_size=2>; rel="next"')).toBe('a+b');
    expect(nextPageToken('</x>; rel="prev"')).toBeNull();
    expect(nextPageToken(null)).toBeNull();
  });
});
