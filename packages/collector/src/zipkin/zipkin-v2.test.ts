import type { Span } from '@utxoiq/model';
import { describe, expect, it } from 'vitest';
import { spansFromZipkin } from './zipkin-v2.ts';

const minimal = { traceId: '463ac35c9f6413ad48485a3953bb6124', id: '463ac35c9f6413ad' };
function spanOf(fields: object): Span {
  const result = spansFromZipkin([{ ...minimal, ...fields }]);
  if (!result.ok || result.spans[0] === undefined) throw new Error('refused');
  return result.spans[0];
}
const messageFor = (fields: object) => {
  const result = spansFromZipkin([{ ...minimal, ...fields }]);
  return result.ok ? '' : result.message;
};

describe('spansFromZipkin', () => {
  it('maps a whole span', () => {
    const span = spanOf({
      parentId: '1',
      kind: 'CLIENT',
      name: 'get /api',
      timestamp: 1_556_604_172_355_737,
      duration: 1_431,
      localEndpoint: { serviceName: 'backend', ipv4: '192.168.99.1', port: 3306 },
      remoteEndpoint: { serviceName: 'mysql', ipv6: '::1', port: 3306 },
      annotations: [{ timestamp: 1_556_604_172_355_800, value: 'wire send' }],
      tags: {
        'http.method': 'GET',
        'otel.scope.name': 'lib',
        'otel.status_code': 'ERROR',
        error: 'timed out',
      },
    });
    expect(span).toMatchObject({
      traceId: minimal.traceId,
      spanId: minimal.id,
      parentSpanId: '0000000000000001',
      kind: 3,
      startUnixNano: 1_556_604_172_355_737_000n,
      endUnixNano: 1_556_604_172_357_168_000n,
      status: { code: 2, message: 'timed out' },
      scope: { name: 'lib' },
      events: [{ name: 'wire send', timeUnixNano: 1_556_604_172_355_800_000n }],
    });
    expect(Object.fromEntries(span.resource.attributes)).toEqual({ 'service.name': 'backend' });
    expect(Object.fromEntries(span.attributes)).toEqual({
      'network.local.address': '192.168.99.1',
      'network.local.port': 3306n,
      'peer.service': 'mysql',
      'network.peer.address': '::1',
      'network.peer.port': 3306n,
      'http.method': 'GET',
      error: 'timed out',
    });
  });

  it('pads ids of 64 bits, and gives the server half of a shared span an id of its own', () => {
    expect(spanOf({ traceId: '463ac35c9f6413ad' }).traceId).toBe('0000000000000000463ac35c9f6413ad');
    const shared = spanOf({ shared: true, kind: 'SERVER' });
    expect(shared.parentSpanId).toBe(minimal.id);
    expect(shared.spanId).not.toBe(minimal.id);
    expect(spanOf({ shared: true }).spanId).toBe(shared.spanId);
  });

  it('says which span is wrong, and how', () => {
    expect(messageFor({ traceId: 'xyz' })).toBe(
      '[0]: traceId: expected 16 or 32 hex digits, not all zero, got "xyz"',
    );
    expect(messageFor({ id: '0' })).toContain('[0]: id: expected 16 hex digits');
    expect(messageFor({ duration: 'long' })).toBe('[0]: duration: expected microseconds, got "long"');
    expect(messageFor({ tags: { a: 1 } })).toBe('[0]: tags.a: expected string');
    expect(messageFor({ localEndpoint: [] })).toBe('[0]: localEndpoint: expected object, got []');
    expect(spansFromZipkin({})).toEqual({ ok: false, message: 'expected a list of Zipkin v2 spans' });
    expect(spansFromZipkin([null])).toEqual({ ok: false, message: '[0]: expected an object' });
  });
});
