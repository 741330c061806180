import { describe, expect, it } from 'vitest';
import { webAddress } from './attribute-value.tsx';
import { logAddress } from './log-link.tsx';

const span = {
  span_id: '00000000000000ab',
  name: 'x',
  start_time: '2026-01-01T00:00:01Z',
  end_time: '2026-01-01T00:00:02Z',
  parent_span_id: null,
  attributes: {},
  status: { code: 0, message: '' },
  resource: { attributes: { 'service.name': 'a b&c' } },
};

describe('addresses made from what a trace holds', () => {
  it('fill a template and escape what they fill in', () => {
    expect(logAddress('https://x.test/?t={trace_id}&s={service}&{other}', span, 'ff')).toBe(
      'https://x.test/?t=ff&s=a%20b%26c&{other}',
    );
  });

  it('are never anything but the web', () => {
    expect(logAddress('javascript:alert({trace_id})', span, 'ff')).toBeNull();
    expect(webAddress('javascript:alert(1)')).toBeNull();
    expect(webAddress('data:text/html,x')).toBeNull();
    expect(webAddress('https://example.test/a?b=c')).toBe('https://example.test/a?b=c');
    expect(webAddress('https://exa mple')).toBeNull();
  });
});
