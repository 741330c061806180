import { describe, expect, it } from 'vitest';
import { ApiError, apiPath, isCutOff, nextPageToken, unsampledParent } from './client.ts';

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

describe('an answer that was cut off', () => {
  it('is told from a refusal and from a fault of the page', () => {
    expect(isCutOff(new ApiError('No answer from the platform', { status: 0 }))).toBe(true);
    expect(isCutOff(new DOMException('The user aborted a request.', 'AbortError'))).toBe(true);
    expect(isCutOff(new TypeError('network error'))).toBe(true);
    expect(isCutOff(new ApiError('Forbidden', { status: 403 }))).toBe(false);
    expect(isCutOff(new TypeError('x is not a function'))).toBe(false);
  });
});
