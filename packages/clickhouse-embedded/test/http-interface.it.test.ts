import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { startTemporaryEngine, type TemporaryEngine } from '@utxoiq/clickhouse-embedded';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let temporary: TemporaryEngine;
let client: ClickHouseClient;

beforeAll(async () => {
  temporary = await startTemporaryEngine({ maxBodyBytes: 50_000_000 });
  // 64-bit integers as strings: JSON.parse would round them.
  client = createClient({
    url: temporary.url,
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: { output_format_json_quote_64bit_integers: 1 },
  });
});
afterAll(async () => {
  await client?.close();
  await temporary?.stop();
});

type Keys = Record<string, string>;
async function post(sql: string | Uint8Array, keys: Keys = {}, headers: Keys = {}) {
  const response = await fetch(`${temporary.url}/?${new URLSearchParams(keys)}`, {
    method: 'POST',
    body: typeof sql === 'string' ? sql : Buffer.from(sql),
    headers,
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, bytes, text: bytes.toString() };
}
const rows = async (query: string, query_params: Record<string, unknown> = {}): Promise<unknown> => {
  const result = await client.query({ query, query_params, format: 'JSONEachRow' });
  return await result.json();
};

describe('queries of the real client', () => {
  it('bind parameters of every kind, whatever is in them', async () => {
    const nasty = [
      '',
      "it's",
      '"\\\\" \\N \\',
      'tab\tline\nreturn\r',
      '"; DROP TABLE t; --',
      '₿ 日本 🚀',
      '\u0001\u001f\b\f',
    ];
    for (const text of nasty)
      expect(await rows('SELECT {s:String} AS s', { s: text })).toEqual([{ s: text }]);
    expect(
      await rows('SELECT {a:Array(String)} AS a, {m:Map(String, String)} AS m', {
        a: nasty,
        m: Object.fromEntries(nasty.map((text) => [text, text])),
      }),
    ).toEqual([{ a: nasty, m: Object.fromEntries(nasty.map((text) => [text, text])) }]);
    expect(
      await rows(
        `SELECT {i:Int64} AS i, {u:UInt64} AS u, {f:Float64} AS f, {b:Bool} AS b, {n:Nullable(String)} AS n,
          {d:DateTime64(3, 'UTC')} AS d, toString({t:DateTime64(9, 'UTC')}) AS t, {aa:Array(Array(UInt8))} AS aa`,
        {
          i: -5n,
          u: 18446744073709551615n,
          f: 0.1,
          b: true,
          n: null,
          d: new Date(1_700_000_000_123),
          t: '2026-11-22 00:00:00.123456789',
          aa: [[1], [], [2, 3]],
        },
      ),
    ).toEqual([
      {
        i: '-5',
        u: '18446744073709551615',
        f: 0.1,
        b: true,
        n: null,
        d: '2023-11-14 22:13:20.123',
        t: '2026-11-22 00:00:00.123456789',
        aa: [[1], [], [2, 3]],
      },
    ]);
    expect(
      await rows('SELECT DISTINCT name FROM {db:Identifier}.{t:Identifier} WHERE name = {t:String}', {
        db: 'system',
        t: 'tables',
      }),
    ).toEqual([{ name: 'tables' }]);
  });

  it('leave nothing behind for the next one', async () => {
    await rows('SELECT {leak:String}', { leak: 'x' });
    await expect(rows('SELECT {leak:String}')).rejects.toMatchObject({ code: '456' });
    const threads = async (settings: Record<string, number>) =>
      await (
        await client.query({
          query: "SELECT getSetting('max_threads') AS n",
          format: 'JSONEachRow',
          clickhouse_settings: settings,
        })
      ).json();
    const before = await threads({});
    expect(await threads({ max_threads: 7 })).toEqual([{ n: 7 }]);
    expect(await threads({})).toEqual(before);
    await post('SELECT 1 SETTINGS max_threads = 9');
    expect(await threads({})).toEqual(before);
    await post('CREATE DATABASE IF NOT EXISTS other');
    expect((await post('SELECT currentDatabase()', { database: 'other' })).text).toBe('other\n');
    expect((await post('SELECT currentDatabase()')).text).toBe('default\n');
  });

  it('keep a session_id for its temporary tables and settings, but not what stood in a URL', async () => {
    const session = { session_id: 's1' };
    await post('CREATE TEMPORARY TABLE mine (a UInt8)', session);
    await post('INSERT INTO mine FORMAT CSV\n7', session);
    await post('SET max_block_size = 123', session);
    const sql = "SELECT a, getSetting('max_block_size'), getSetting('max_threads') FROM mine";
    expect((await post(sql, { ...session, max_threads: '5' })).text).toBe('7\t123\t5\n');
    expect((await post(sql, session)).text).not.toBe('7\t123\t5\n');
    const get = (query: string) => fetch(`${temporary.url}/?${new URLSearchParams({ query, ...session })}`);
    expect(await (await get(sql)).text()).toMatch(/^7\t123\t/);
    expect(await (await get('DROP TABLE mine')).text()).toMatch(/^Code: 164\./);
    await post('SET max_execution_time = 7', session);
    expect(
      (await post("SELECT getSetting('max_execution_time')", { ...session, max_execution_time: '9' })).text,
    ).toBe('9\n');
    expect(
      (await post("SELECT value FROM system.settings WHERE name = 'max_execution_time'", session)).text,
    ).toBe('7\n');
    expect((await post(sql)).status).toBe(404);
    expect((await post(sql, { session_id: 's2', session_check: '1' })).text).toMatch(/^Code: 372\./);
    const [first, second] = await Promise.all([
      post('SELECT sleep(0.3)', session),
      post('SELECT 1', session),
    ]);
    expect([first.status, second.status, second.text.slice(0, 9)]).toEqual([200, 500, 'Code: 373']);
  });
});

describe('inserts', () => {
  it('take every format of the real client, streams and files too', async () => {
    await client.command({
      query:
        "CREATE TABLE formats (a UInt64, s String DEFAULT 'none', m Map(String, Float64)) ENGINE = MergeTree ORDER BY a",
    });
    const result = await client.insert({
      table: 'formats',
      values: [{ a: '18446744073709551615', s: "q'\n\t\\" }],
      format: 'JSONEachRow',
    });
    expect(result.summary?.written_rows).toBe('1');
    await client.insert({
      table: 'formats',
      columns: ['a'],
      values: [[1], [2]],
      format: 'JSONCompactEachRow',
    });
    await client.insert({
      table: 'formats',
      values: Readable.from(['3,"x, y",{\'k\':0.5}\n'], { objectMode: false }),
      format: 'CSV',
    });
    expect(await rows('SELECT toString(a) AS a, s, m FROM formats ORDER BY formats.a')).toEqual([
      { a: '1', s: 'none', m: {} },
      { a: '2', s: 'none', m: {} },
      { a: '3', s: 'x, y', m: { k: 0.5 } },
      { a: '18446744073709551615', s: "q'\n\t\\", m: {} },
    ]);
  });

  it('keep binary data as they are: Native, RowBinary, Parquet; in the body, or after the query in it', async () => {
    await post('CREATE TABLE bytes (n UInt32, b String, f FixedString(4)) ENGINE = MergeTree ORDER BY n');
    const source =
      "SELECT number::UInt32 AS n, unhex(hex(reverse(reinterpretAsString(number * 2654435761)))) || '\\0\\xff\\n' AS b, toFixedString(substring(b, 1, 4), 4) AS f FROM numbers(3000)";
    const check = 'SELECT count(), sum(cityHash64(n, b, f)) FROM';
    const expected = (await post(`${check} (${source})`)).text;
    for (const format of ['Native', 'RowBinary', 'Parquet', 'ArrowStream', 'RowBinaryWithNamesAndTypes']) {
      const { bytes } = await post(`${source} FORMAT ${format}`);
      const insert = `INSERT INTO bytes (n, b, f) FORMAT ${format}`;
      const { stream } = await client.exec({
        query: insert,
        values: Readable.from([bytes], { objectMode: false }),
      });
      expect(await text(stream)).toBe('');
      expect((await post(`${check} bytes`)).text).toBe(expected);
      await post('TRUNCATE TABLE bytes');
      await post(Buffer.concat([Buffer.from(`${insert}\n`), bytes]));
      expect((await post(`${check} bytes`)).text).toBe(expected);
      await post('TRUNCATE TABLE bytes');
    }
  });

  it('take a stream larger than the part that is looked at for the statement, compressed or not', async () => {
    await post('CREATE TABLE large (n UInt64, s String) ENGINE = MergeTree ORDER BY n');
    const { bytes } = await post(
      'SELECT number AS n, hex(sipHash128(number)) AS s FROM numbers(100000) FORMAT Native',
    );
    expect(bytes.length).toBeGreaterThan(4_000_000);
    const insert = { query: 'INSERT INTO large FORMAT Native' };
    for (const [coding, body] of [
      ['', bytes],
      ['gzip', gzipSync(bytes)],
      ['zstd', zstdCompressSync(bytes)],
    ] as const) {
      const result = await post(body, insert, coding === '' ? {} : { 'Content-Encoding': coding });
      expect(JSON.parse(result.headers.get('x-clickhouse-summary') ?? '{}').written_rows).toBe('100000');
    }
    expect((await post('SELECT count(), uniqExact(s) FROM large')).text).toBe('300000\t100000\n');
    const values = `INSERT INTO large VALUES ${Array.from({ length: 100_000 }, (_, n) => `(${n}, 'value ${n}')`).join(',')}`;
    expect((await post(values)).status).toBe(200);
  });

  it('with a token are taken once', async () => {
    await post(
      'CREATE TABLE once (n UInt8) ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 100',
    );
    const insert = (token: string) =>
      post('1\n2\n', { query: 'INSERT INTO once FORMAT TSV', insert_deduplication_token: token });
    for (const token of ['a', 'a', 'b', 'a']) expect((await insert(token)).status).toBe(200);
    expect((await post('SELECT count() FROM once')).text).toBe('4\n');
  });

  it('answer broken data as a server does, and leave no file', async () => {
    await post('CREATE TABLE strict (n UInt8) ENGINE = MergeTree ORDER BY n');
    const json = await post('{"n":1}\n{"n":x}', { query: 'INSERT INTO strict FORMAT JSONEachRow' });
    expect([json.status, json.headers.get('x-clickhouse-exception-code')]).toEqual([400, '27']);
    expect(json.text).toMatch(/^Code: 27\. DB::Exception: Cannot parse input.*at row 2/);
    expect(json.text).not.toContain(temporary.dataDir);
    expect(
      (await post('not gzip', { query: 'INSERT INTO strict FORMAT CSV' }, { 'Content-Encoding': 'gzip' }))
        .status,
    ).toBe(500);
    expect((await post('x', {}, { 'Content-Encoding': 'lzma' })).text).toMatch(/^Code: 89\./);
    expect((await post(Buffer.alloc(51_000_000), { query: 'INSERT INTO strict FORMAT CSV' })).status).toBe(
      413,
    );
    expect((await post('SELECT count() FROM strict')).text).toBe('0\n');
    const left = await post(`SELECT count() FROM file('${temporary.dataDir}/incoming/*', One)`);
    expect(left.text).toBe('0\n');
  });
});

describe('the HTTP interface', () => {
  it('answers errors in ClickHouse form and status', async () => {
    for (const [sql, status, code, keys] of [
      ['SELEC 1', 400, 62],
      ['', 400, 62],
      ['SELECT 1; SELECT 2', 400, 62],
      ['SELECT 1; junk (', 400, 62],
      ['SELECT * FROM nowhere', 404, 60],
      ['SELECT nothing', 404, 47],
      ['SELECT 1', 404, 115, { no_such_setting: '1' }],
      ['SELECT 1', 404, 115, { 'max_threads = 1; DROP TABLE x; SET a': '1' }],
      ['SELECT 1', 404, 81, { database: 'nowhere' }],
      ['SELECT {a:UInt8}', 500, 457, { param_a: 'x' }],
      [
        'SELECT sleepEachRow(0.2) FROM numbers(20) SETTINGS max_block_size = 1',
        408,
        159,
        { max_execution_time: '0.3' },
      ],
      ['SELECT groupArray(number) FROM numbers(10000000)', 500, 241, { max_memory_usage: '10000000' }],
      ['SELECT * FROM numbers(100000)', 500, 396, { max_result_bytes: '1000' }],
      ['SELECT 1', 501, 48, { compress: '1' }],
    ] as const) {
      const result = await post(sql, keys);
      expect([sql, result.status, result.headers.get('x-clickhouse-exception-code')]).toEqual([
        sql,
        status,
        String(code),
      ]);
      expect(result.text).toMatch(
        new RegExp(`^Code: ${code}\\. DB::Exception: [^]*\\([A-Z_]+\\) \\(version .*\\)\\n$`),
      );
    }
    await expect(rows('SELECT * FROM nowhere')).rejects.toMatchObject({ code: '60', type: 'UNKNOWN_TABLE' });
  });

  it('never runs a second statement', async () => {
    await post('CREATE TABLE kept (n UInt8) ENGINE = Memory');
    for (const sql of [
      'SELECT 1; DROP TABLE kept',
      'SELECT 1; DROP TABLE kept; junk (',
      'junk; DROP TABLE kept',
    ]) {
      expect((await post(sql)).status).toBe(400);
    }
    await post('SELECT {p:String}', {
      param_p: "x'; DROP TABLE kept; --",
      log_comment: "'; DROP TABLE kept; --",
    });
    await post('SELECT 1', { query_id: "'; DROP TABLE kept; --", database: '`; DROP TABLE kept; --' });
    expect((await post('EXISTS TABLE kept')).text).toBe('1\n');
  });

  it('lets GET only read', async () => {
    const get = (query: string, keys: Keys = {}) =>
      fetch(`${temporary.url}/?${new URLSearchParams({ query, ...keys })}`);
    expect(await (await get('SELECT 1')).text()).toBe('1\n');
    expect(await (await get('CREATE TABLE got (n UInt8) ENGINE = Memory')).text()).toMatch(/^Code: 164\./);
    expect(await (await get('CREATE TABLE got (n UInt8) ENGINE = Memory', { readonly: '0' })).text()).toMatch(
      /^Code: 164\./,
    );
    expect(await (await fetch(`${temporary.url}/ping`)).text()).toBe('Ok.\n');
    expect(await (await fetch(`${temporary.url}/replicas_status`)).text()).toBe('Ok.\n');
    expect((await fetch(`${temporary.url}/nothing`)).status).toBe(404);
    expect((await fetch(temporary.url, { method: 'PUT', body: 'x' })).status).toBe(405);
  });

  it('names format, query and counts in headers, and compresses when asked', async () => {
    const sql = 'SELECT number FROM numbers(1000) FORMAT JSONCompact';
    const result = await post(
      sql,
      { query_id: 'mine', enable_http_compression: '1' },
      { 'Accept-Encoding': 'gzip' },
    );
    expect(Object.fromEntries(result.headers)).toMatchObject({
      'content-type': 'application/json; charset=UTF-8',
      'x-clickhouse-format': 'JSONCompact',
      'x-clickhouse-query-id': 'mine',
      'content-encoding': 'gzip',
    });
    expect(JSON.parse(result.headers.get('x-clickhouse-summary') ?? '{}').read_rows).toBe('1000');
    expect(result.text).toContain('"rows": 1000');
    expect((await post('SELECT 1 AS a', { default_format: 'JSONEachRow' })).text).toBe('{"a":1}\n');
    expect(gunzipSync(gzipSync(result.bytes)).length).toBe(result.bytes.length);
  });

  it('refuses what web pages send', async () => {
    expect((await post('SELECT 1', {}, { Origin: 'http://evil.example' })).status).toBe(403);
    expect((await post('SELECT 1', {}, { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
  });
});

describe('concurrency', () => {
  const forever = 'SELECT sum(sleepEachRow(0.01)) FROM numbers(100000) SETTINGS max_block_size = 1';
  /** Queries that end when they are aborted. */
  const endless = (count: number) => {
    const leaving = new AbortController();
    const all = Promise.allSettled(
      Array.from({ length: count }, () => client.query({ query: forever, abort_signal: leaving.signal })),
    );
    return async () => {
      leaving.abort();
      await all;
      await expect.poll(running).toBe('0\n');
    };
  };
  const running = async () =>
    (
      await post(
        "SELECT count() FROM system.processes WHERE query LIKE '%sleepEachRow%' AND query NOT LIKE '%system%'",
      )
    ).text;

  it('runs queries side by side, each with its own parameters', async () => {
    const queries = [1, 2, 3, 4].map((n) => rows('SELECT sleep(0.1), {n:UInt8} AS n', { n }));
    expect(await Promise.all(queries)).toMatchObject([1, 2, 3, 4].map((n) => [{ n }]));
    const end = endless(3); // The fourth place is for who asks.
    await expect.poll(running).toBe('3\n');
    await end();
  });

  it('does not let queries hold up inserts', async () => {
    await post('CREATE TABLE quick (n UInt8) ENGINE = MergeTree ORDER BY n');
    const end = endless(3);
    await expect.poll(running).toBe('3\n');
    const endFourth = endless(1);
    await client.insert({ table: 'quick', values: [{ n: 1 }], format: 'JSONEachRow' });
    await Promise.all([end(), endFourth()]);
  });

  it('stops a query whose client leaves, or whose id is killed', async () => {
    const leaving = new AbortController();
    const left = client.query({ query: forever, abort_signal: leaving.signal });
    const killed = post(forever, { query_id: 'to-kill' });
    await expect.poll(running).toBe('2\n');
    expect((await post(forever, { query_id: 'to-kill' })).text).toMatch(/^Code: 216\./);
    leaving.abort();
    await expect(left).rejects.toThrow();
    await expect.poll(running).toBe('1\n');
    await post('KILL QUERY WHERE query_id = {id:String} SYNC', { param_id: 'to-kill' });
    expect((await killed).text).toMatch(/^Code: 394\./);
    await expect.poll(running).toBe('0\n');
  });
});
