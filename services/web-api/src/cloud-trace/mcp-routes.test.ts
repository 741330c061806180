import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { testAccess, testService } from '../../test/cloud-trace/test-app.ts';
import { issuerAway } from '../auth/issuer-away.ts';
import { CloudTraceAccess } from './access.ts';
import { mcpRoutes } from './mcp-routes.ts';

const traceId = 'a'.repeat(32);

async function testMcp(access = testAccess()) {
  const { service, reader } = testService();
  const app = Fastify();
  await app.register(mcpRoutes, { service, access });
  const post = async (payload: unknown, headers: Record<string, string> = {}) => {
    const response = await app.inject({
      method: 'POST',
      url: '/mcp',
      headers: { authorization: 'Bearer viewer', 'content-type': 'application/json', ...headers },
      payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    });
    return { status: response.statusCode, json: response.body === '' ? null : response.json() };
  };
  const call = async (name: string, args: object) =>
    (await post({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } })).json
      .result;
  const write = (spanCount: number, label: string) =>
    service.patchTraces(
      'p',
      {
        traces: [
          {
            projectId: 'p',
            traceId,
            spans: Array.from({ length: spanCount }, (_, index) => ({
              spanId: BigInt(index + 1),
              kind: 1,
              name: '/insights',
              startTime: 1_000_000_000n,
              endTime: 2_000_000_000n,
              parentSpanId: index === 0 ? 0n : 1n,
              labels: new Map([['label', label]]),
            })),
          },
        ],
      },
      { token: null },
    );
  return { app, post, call, write, reader };
}

describe('MCP', () => {
  it('introduces itself with the version that was asked for, if it knows it', async () => {
    const { post } = await testMcp();
    const hello = (protocolVersion: string) =>
      post({ jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion } });
    expect((await hello('2025-06-18')).json.result.protocolVersion).toBe('2025-06-18');
    expect((await hello('1999-01-01')).json.result.protocolVersion).toBe('2025-11-25');
    expect((await post({ jsonrpc: '2.0', method: 'notifications/initialized' })).status).toBe(202);
    expect((await post({ jsonrpc: '2.0', id: 1, method: 'ping' })).json.result).toEqual({});
    const { tools } = (await post({ jsonrpc: '2.0', id: 's', method: 'tools/list' })).json.result;
    expect(tools.map(({ name }: { name: string }) => name)).toEqual(['list_traces', 'get_trace']);
  });

  it('lists and reads traces', async () => {
    const { call, write } = await testMcp();
    await write(2, 'x');
    const list = await call('list_traces', {
      projectId: 'p',
      view: 'ROOTSPAN',
      filter: 'root:/ins latency:1s',
    });
    expect(list.isError).toBe(false);
    expect(JSON.parse(list.content[0].text)).toEqual(list.structuredContent);
    expect(list.structuredContent.traces[0].spans).toHaveLength(1);
    const trace = await call('get_trace', { projectId: 'p', traceId });
    expect(trace.structuredContent.spans).toHaveLength(2);
  });

  it('bounds its answers and says so', async () => {
    const { call, write } = await testMcp();
    await write(1000, 'x'.repeat(5000));
    const { content } = await call('get_trace', { projectId: 'p', traceId });
    expect(content[0].text.length).toBeLessThan(201_000);
    expect(content[1].text).toMatch(/^1000 labels were cut to 1000 characters. \d+ spans were left out/);
  });

  it('tells errors of a tool in its result', async () => {
    const { call } = await testMcp();
    const error = async (name: string, args: object) => (await call(name, args)).content[0].text;
    expect(await error('get_trace', { projectId: 'p', traceId })).toBe(
      'NOT_FOUND: Requested entity was not found.',
    );
    expect(await error('get_trace', { projectId: 'p' })).toMatch(/^INVALID_ARGUMENT: /);
    expect(await error('list_traces', { projectId: 'p', pageSize: 'x' })).toMatch(/page_size/);
    expect(await error('list_traces', { projectId: 'p', filter: '"' })).toMatch(
      /^INVALID_ARGUMENT: Invalid filter/,
    );
  });

  it('refuses what is no message, nobody, other origins and unknown versions', async () => {
    const { post } = await testMcp();
    expect((await post('{')).json.error.code).toBe(-32700);
    expect((await post([])).json.error.code).toBe(-32700);
    expect((await post({ jsonrpc: '2.0', id: 1 })).json.error.code).toBe(-32600);
    expect((await post({ jsonrpc: '2.0', id: 1, method: 'nope' })).json.error.code).toBe(-32601);
    const unknown = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'nope' } };
    expect((await post(unknown)).json.error.code).toBe(-32602);
    const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };
    expect((await post(ping, { authorization: 'Bearer forged' })).status).toBe(401);
    expect((await post(ping, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await post(ping, { 'mcp-protocol-version': '1' })).status).toBe(400);
  });

  it('says in its own form what keeps a message from being read', async () => {
    const { post } = await testMcp();
    const large = await post(`{"x":"${'x'.repeat(70_000)}"}`);
    expect(large).toMatchObject({ status: 413, json: { jsonrpc: '2.0', error: { code: -32600 } } });
    const odd = await post('{}', { 'content-type': 'no/type/at all;' });
    expect(odd).toMatchObject({ status: 415, json: { jsonrpc: '2.0', error: { code: -32600 } } });
  });

  it('asks for no other token while the issuer is away', async () => {
    const verifier = { verify: () => Promise.reject(issuerAway(new Error('no answer'))) };
    const { app } = await testMcp(new CloudTraceAccess({ ingestOpen: true, verifier }));
    const response = await app.inject({
      method: 'POST',
      url: '/mcp',
      headers: { authorization: 'Bearer viewer', 'content-type': 'application/json' },
      payload: { jsonrpc: '2.0', id: 1, method: 'ping' },
    });
    expect(response.statusCode).toBe(503);
    expect(response.headers['www-authenticate']).toBeUndefined();
    expect(response.headers['retry-after']).toBe('2');
  });
});
