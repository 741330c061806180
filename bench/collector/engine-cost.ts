// What the engine's CPU goes into, per span: blocks as the collector makes them, inserted with merges held back, then
// merged once into one part; each variant on a new engine:
//   node bench/collector/engine-cost.ts [--blocks 20] [--block-spans 50000] [--only NAME]
// "alternating order" sorts by trace id instead of start within an operation's minute.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startTemporaryEngine } from '@utxoiq/clickhouse-embedded';
import { SpanBlock, TraceStore } from '@utxoiq/store';
import { RequestDecoder } from '../../packages/collector/src/otlp/request-decoder.ts';
import { renew, sampleRequest } from './sample-request.ts';

const { values } = parseArgs({
  options: {
    blocks: { type: 'string', default: '20' },
    'block-spans': { type: 'string', default: '50000' },
    only: { type: 'string', default: '' },
  },
});
const SPANS_PER_SECOND = 130_000;
const REQUEST_SPANS = 1_000;
const INDEXES = [
  'by_trace_id',
  'by_string_value',
  'by_int_value',
  'by_string_key',
  'by_correlation_id',
  'by_url_path',
  'by_url_full',
  'by_client_address',
  'by_error_type',
];
const VARIANTS: Readonly<Record<string, readonly string[]>> = {
  'as it is': [],
  'no bloom filters': INDEXES.map((name) => `ALTER TABLE spans DROP INDEX ${name}`),
  'no rollups': ['DROP VIEW traces_feed', 'DROP VIEW red_feed'],
  'no fsync': ['spans', 'traces', 'red'].map(
    (table) => `ALTER TABLE ${table} MODIFY SETTING fsync_after_insert = 0, fsync_part_directory = 0`,
  ),
  'with statistics': ["ALTER TABLE spans MODIFY SETTING auto_statistics_types = 'basic, uniq_v2'"],
  'compact merged parts': ['ALTER TABLE spans MODIFY SETTING min_rows_for_wide_part = 100000000'],
  'alternating order': ['ORDER'],
};

/** Blocks of spans that count on from each other, as encoded. */
function makeBlocks(): readonly Buffer[] {
  const requests = Array.from({ length: 8 }, (_, index) => sampleRequest(REQUEST_SPANS, index + 1));
  const decoder = new RequestDecoder();
  const block = new SpanBlock();
  const start = BigInt(Date.now()) * 1_000_000n;
  let spans = 0;
  return Array.from({ length: Number(values.blocks) }, () => {
    while (block.rows < Number(values['block-spans'])) {
      const sender = (spans / REQUEST_SPANS) % requests.length;
      const request = requests[sender];
      if (request === undefined) break;
      renew(request, sender + 1, spans, start + BigInt(Math.floor((spans / SPANS_PER_SECOND) * 1e9)));
      const common = { start: 0, end: request.bytes.length, defaultProject: 'bench', rejected: [] };
      decoder.decode({ ...common, bytes: Buffer.from(request.bytes) }, (row) => block.add(row));
      spans += REQUEST_SPANS;
    }
    const bytes = Buffer.from(block.encode());
    block.clear();
    return bytes;
  });
}

async function measure(name: string, statements: readonly string[], blocks: readonly Buffer[]) {
  await using engine = await startTemporaryEngine();
  await using store = await TraceStore.open({ url: engine.url });
  const run = async (query: string, body?: Buffer, token = ''): Promise<string> => {
    const settings = token === '' ? '' : `&insert_deduplication_token=${token}`;
    const url = `${engine.url}/?database=utxoiq&query=${encodeURIComponent(query)}${settings}`;
    const response = await fetch(url, {
      method: 'POST',
      body: body === undefined ? '' : new Uint8Array(body),
    });
    const text = (await response.text()).trim();
    if (!response.ok) throw new Error(text);
    return text;
  };
  await store.ping();
  for (const statement of statements) {
    if (statement === 'ORDER') await alternate(run);
    else await run(statement);
  }
  for (const table of ['spans', 'traces', 'red']) {
    await run(
      `ALTER TABLE ${table} MODIFY SETTING max_bytes_to_merge_at_max_space_in_pool = 1, max_bytes_to_merge_at_min_space_in_pool = 1`,
    );
  }
  const seconds = () => cpuSeconds(engine.engine.enginePid);
  const began = seconds();
  for (const [index, block] of blocks.entries())
    await run('INSERT INTO spans FORMAT Native', block, `${index}`);
  const inserted = seconds();
  await run('OPTIMIZE TABLE spans FINAL');
  const merged = seconds();
  for (const table of ['traces', 'red']) await run(`OPTIMIZE TABLE ${table} FINAL`);
  const all = seconds();
  const spans = Number(await run('SELECT count() FROM spans'));
  const bytes = Number(
    await run("SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = 'utxoiq'"),
  );
  const each = (from: number, to: number): string => (((to - from) / spans) * 1e6).toFixed(2).padStart(6);
  console.log(
    `${name.padEnd(22)} insert ${each(began, inserted)}  merge ${each(inserted, merged)}  merge rollups ${each(merged, all)} us/span  ${(bytes / spans).toFixed(1)} B/span`,
  );
}

/** Within an operation's minute the traces' random ids decide. */
async function alternate(run: (query: string) => Promise<string>): Promise<void> {
  const views = ['traces_feed', 'red_feed'];
  const [spans = '', ...feeds] = await Promise.all(
    ['spans', ...views].map((table) => run(`SHOW CREATE TABLE ${table} FORMAT TSVRaw`)),
  );
  for (const table of [...views, 'spans']) await run(`DROP TABLE ${table} SYNC`);
  const key = 'ORDER BY (toStartOfMinute(start), service, name, start)';
  if (!spans.includes(key)) throw new Error(`no ${key} in ${spans}`);
  await run(spans.replace(key, key.replace(', start)', ', trace_id)')));
  for (const feed of feeds) await run(feed);
}

function cpuSeconds(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const blocks = makeBlocks();
for (const [name, statements] of Object.entries(VARIANTS)) {
  if (name.includes(values.only)) await measure(name, statements, blocks);
}
