import { describe, expect, it } from 'vitest';
import { formatUrlState, parseUrlState, patchUrlState } from './url-state.ts';

describe('the state in the address', () => {
  it('comes back as it went, whatever the query holds', () => {
    const state = { from: 'now-1h', q: 'service:"a b" AND url.path:/x?y=1&z#é', sel: '1,2' };
    expect(parseUrlState(formatUrlState(state))).toEqual(state);
  });

  it('leaves out what is empty or unknown', () => {
    expect(formatUrlState({ q: '', other: 'x' })).toBe('');
    expect(parseUrlState('?q=&other=1&list=spans')).toEqual({ list: 'spans' });
  });

  it('takes a key out when the patch says undefined', () => {
    expect(patchUrlState({ q: 'a', list: 'spans' }, { q: undefined })).toEqual({ list: 'spans' });
  });
});
