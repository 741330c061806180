import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startTemporaryEngine, type TemporaryEngine } from '@utxoiq/clickhouse-embedded';
import type { AttributeMap, AttributeValue, Filter, Span } from '@utxoiq/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deleteTrace } from '../src/admin/delete-trace.ts';
import { Connection, type Statement } from '../src/clickhouse/connection.ts';
import { SpanBlock, SpanRows, TraceStore } from '../src/index.ts';
import { KeyCatalogue } from '../src/read/key-catalogue.ts';
import { GIVEN_CLUSTER, GIVEN_URL } from './given-server.ts';
import { spanWith } from './span-with.ts';

const BASE = 1_795_000_000_000_000_000n;
const ALL = { projects: 'all', startUnixNano: BASE - 10n ** 15n, endUnixNano: BASE + 10n ** 15n } as const;
const traceId = (digit: string): string => digit.repeat(32);

describe('administration', () => {
  let engine: TemporaryEngine | undefined;
  let store: TraceStore;
  let tokens = 0;
  const insert = async (...spans: Span[]): Promise<void> => {
    const block = new SpanBlock();
    const rows = new SpanRows();
    for (const span of spans) block.add(rows.of(span));
    await store.insertBlock(block, { token: `t${tokens++}` });
  };
  const listed = async (filter: Filter): Promise<string[]> =>
    (await store.listSpans({ ...ALL, filter, pageSize: 10 })).spans.map((span) => span.spanId);

  beforeAll(async () => {
    engine = await startTemporaryEngine();
    store = await TraceStore.open({
      url: GIVEN_URL ?? engine.url,
      ...GIVEN_CLUSTER,
      database: `admin_${process.pid}`,
    });
  });
  afterAll(async () => {
    await store.close();
    await engine?.stop();
  });

  it('removes a trace, and only in the projects named', async () => {
    await insert(spanWith({ traceId: traceId('a'), startUnixNano: BASE }));
    await store.deleteTrace({ projects: ['other'], traceId: traceId('a') });
    expect(await store.getTrace({ projects: 'all', traceId: traceId('a') })).not.toBeNull();
    await store.deleteTrace({ projects: 'all', traceId: traceId('a') });
    expect(await store.getTrace({ projects: 'all', traceId: traceId('a') })).toBeNull();
    const { traces } = await store.listTraces({ ...ALL, filter: null, orderBy: 'duration', pageSize: 10 });
    expect(traces).toEqual([]);
  });

  it('leaves of a trace whose spans still come nothing that only some lists show', async () => {
    const database = `admin_${process.pid}`;
    const connection = new Connection({ url: GIVEN_URL ?? engine?.url ?? '', database, settings: {} });
    const late = spanWith({ traceId: traceId('a'), startUnixNano: BASE });
    await insert(late);
    const command = connection.command.bind(connection);
    let commands = 0;
    // Between the two tables.
    connection.command = async (statement: Statement) => {
      await command(statement);
      if (++commands === 1) await insert(late);
    };
    const admin = { connection, cluster: GIVEN_CLUSTER.cluster ?? null, keys: new KeyCatalogue(connection) };
    await deleteTrace(admin, { projects: 'all', traceId: traceId('a') });
    await connection.close();
    const byId = (await store.getTrace({ projects: 'all', traceId: traceId('a') }))?.summary.spanCount ?? 0;
    for (const orderBy of ['start', 'duration'] as const) {
      const { traces } = await store.listTraces({ ...ALL, filter: null, orderBy, pageSize: 10 });
      expect(traces.reduce((spans, { spanCount }) => spans + spanCount, 0)).toBe(byId);
    }
    await store.deleteTrace({ projects: 'all', traceId: traceId('a') });
  });

  it("removes one attribute's value from spans, resources, scopes, events and links", async () => {
    const personal: AttributeMap = new Map<string, AttributeValue>([
      ['url.path', '/ann'],
      ['user', 'ann'],
      ['x', 1.5],
    ]);
    const other: AttributeMap = new Map<string, AttributeValue>([
      ['url.path', '/bob'],
      ['user', 'bob'],
      ['x', 1.5],
    ]);
    const everywhere = (attributes: AttributeMap, digit: string) =>
      spanWith({
        traceId: traceId(digit),
        startUnixNano: BASE,
        attributes,
        resource: {
          attributes: new Map([['service.name', 's'], ...attributes]),
          droppedAttributesCount: 0,
          schemaUrl: '',
        },
        scope: { name: 's', version: '1', attributes, droppedAttributesCount: 0, schemaUrl: '' },
        events: [{ timeUnixNano: BASE, name: 'e', attributes, droppedAttributesCount: 0 }],
        links: [
          {
            traceId: traceId('f'),
            spanId: 'f'.repeat(16),
            traceState: 't',
            attributes,
            droppedAttributesCount: 2,
            flags: 1,
          },
        ],
      });
    await insert(everywhere(personal, '1'), everywhere(other, '2'));
    await store.deleteAttribute({ projects: 'all', key: 'user', value: 'ann' });
    await store.deleteAttribute({ projects: 'all', key: 'url.path', value: '/ann' });
    const cleaned = await store.getTrace({ projects: 'all', traceId: traceId('1') });
    const kept = await store.getTrace({ projects: 'all', traceId: traceId('2') });
    expect(cleaned?.spans).toEqual([everywhere(new Map([['x', 1.5]]), '1')]);
    expect(kept?.spans).toEqual([everywhere(other, '2')]);
    await store.deleteTrace({ projects: 'all', traceId: traceId('1') });
    await store.deleteTrace({ projects: 'all', traceId: traceId('2') });
  });

  it('promotes an attribute with stored and with new values', async () => {
    // The engine names files after columns, and x.size is a part of its own column x.
    const key = `cart's \`id\`.size ${'ж'.repeat(180)}`;
    const isIt: Filter = { type: 'attribute', scope: 'any', key, op: '=', value: 'c1' };
    await insert(
      spanWith({
        traceId: traceId('3'),
        spanId: `${'0'.repeat(15)}1`,
        startUnixNano: BASE,
        attributes: new Map([[key, 'c1']]),
      }),
    );
    await store.promote(key);
    await store.promote(key);
    await insert(
      spanWith({
        traceId: traceId('3'),
        spanId: `${'0'.repeat(15)}2`,
        startUnixNano: BASE,
        attributes: new Map([[key, 'c1']]),
      }),
    );
    expect((await listed(isIt)).toSorted()).toEqual(['0000000000000001', '0000000000000002']);
    expect(await listed({ ...isIt, value: 'c2' })).toEqual([]);
    const range = { projects: 'all', startUnixNano: BASE, endUnixNano: BASE } as const;
    const of = async (filter: Filter) =>
      (await store.listTraces({ ...range, filter, pageSize: 9 })).traces.map((one) => one.traceId);
    const noOther: Filter = { type: 'not', term: { ...isIt, value: 'c2' } };
    expect(await of({ type: 'and', terms: [isIt, noOther] })).toEqual([traceId('3')]);
    expect(await of({ type: 'and', terms: [isIt, { type: 'not', term: isIt }] })).toEqual([]);
    const trace = await store.getTrace({ projects: 'all', traceId: traceId('3') });
    expect(trace?.spans[0]?.attributes).toEqual(new Map([[key, 'c1']]));
    await store.deleteTrace({ projects: 'all', traceId: traceId('3') });
  });

  it('keeps spans as long as their project says', async () => {
    const now = new Date(Number(BASE / 1_000_000n));
    const day = 86_400_000_000_000n;
    const ages = [0n, 3n, 10n, 40n];
    const spans = ages.flatMap((age) =>
      ['short', 'usual'].map((projectId, index) =>
        spanWith({
          projectId,
          traceId: traceId(`${index + 4}`),
          spanId: (age + 1n).toString(16).padStart(16, '0'),
          startUnixNano: BASE - age * day - 1n,
        }),
      ),
    );
    await insert(...spans);
    await store.setRetention({ maxAgeDays: 30 });
    await store.setRetention({ project: 'short', maxAgeDays: 7 });
    const { days } = await store.enforceRetention(now);
    expect(days).toHaveLength(1);
    const left = async (digit: string) =>
      (await store.getTrace({ projects: 'all', traceId: traceId(digit) }))?.summary.spanCount;
    expect([await left('4'), await left('5')]).toEqual([2, 3]);
    await store.setRetention({ maxAgeDays: 30, maxBytes: 1 });
    // As several processes do, each for itself.
    await Promise.all([1, 2, 3].map(() => store.enforceRetention(now)));
    expect([await left('4'), await left('5')]).toEqual([1, 1]);
  });

  it('changes of a retention rule, by the command, what is named', async () => {
    await store.setRetention({ maxAgeDays: 30, maxBytes: 7 });
    const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url));
    const env = {
      ...process.env,
      CLICKHOUSE_URL: GIVEN_URL ?? engine?.url,
      CLICKHOUSE_DATABASE: `admin_${process.pid}`,
      ...(GIVEN_CLUSTER.cluster !== undefined && { CLICKHOUSE_CLUSTER: GIVEN_CLUSTER.cluster }),
    };
    await promisify(execFile)(process.execPath, [cli, 'retention', '--bytes', '5'], { env });
    expect(await store.retention()).toContainEqual({ maxAgeDays: 30, maxBytes: 5 });
  });
});
