import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from '../src/doctor/command-line.ts';
import { lintSpan } from '../src/index.ts';
import { lintText } from '../src/lint/lint-file.ts';
import { recordSpans } from '../src/testing.ts';

const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`key.${i}`, i]));
const span = (over: object = {}) => ({ name: 'load', attributes: {}, events: [], links: [], ...over });
const found = (over: object, profile?: 'otlp') =>
  lintSpan(span(over), profile).map(({ limit, actual, allowed }) => [limit, actual, allowed]);

describe('lintSpan', () => {
  it.each([
    ['32 attributes', { attributes: many(33) }, ['attributes', 33, 32]],
    ['keys of 128 bytes', { attributes: { ['é'.repeat(65)]: 1 } }, ['keyBytes', 130, 128]],
    ['values of 256 bytes', { attributes: { q: 'é'.repeat(129) } }, ['valueBytes', 258, 256]],
    ['names of 128 bytes', { name: 'n'.repeat(129) }, ['nameBytes', 129, 128]],
    ['128 events', { events: Array.from({ length: 129 }, () => ({ name: 'e' })) }, ['events', 129, 128]],
    ['128 links', { links: Array.from({ length: 129 }) }, ['links', 129, 128]],
    [
      'values in events',
      { events: [{ name: 'e', attributes: { s: 'x'.repeat(257) } }] },
      ['valueBytes', 257, 256],
    ],
  ])('Cloud Trace keeps %s', (_name, over, expected) => {
    expect(found(over)).toEqual([expected]);
    expect(found(over, 'otlp')).toEqual('links' in over ? [expected] : []);
  });

  it('at the limits nothing is found', () => {
    const full = { ...many(31), ['k'.repeat(128)]: 'v'.repeat(256) };
    expect(found({ name: 'n'.repeat(128), attributes: full })).toEqual([]);
  });

  it.each([
    [{ attributes: many(1025) }, ['attributes', 1025, 1024]],
    [{ attributes: { ['k'.repeat(513)]: 1 } }, ['keyBytes', 513, 512]],
    [{ attributes: { list: ['v'.repeat(40_000), 'v'.repeat(40_000)] } }, ['valueBytes', 80_000, 65_536]],
    [{ name: 'n'.repeat(1025) }, ['nameBytes', 1025, 1024]],
    [{ events: Array.from({ length: 257 }, () => ({ name: 'e' })) }, ['events', 257, 256]],
  ])('the Telemetry API has limits too: %#', (over, expected) => {
    expect(found(over, 'otlp')).toEqual([expected]);
  });

  it('takes spans as the recorder has them', async () => {
    const { tracing, spans } = recordSpans();
    tracing
      .getTracer('t')
      .startSpan('query', { attributes: { 'db.query.text': 'x'.repeat(300) } })
      .end();
    const [query] = spans.all;
    expect(query && lintSpan(query)[0]?.message).toBe('db.query.text: 300 bytes of value, 256 are kept');
    await tracing.stop();
  });
});

const otlp = (value: string) =>
  JSON.stringify({
    resourceSpans: [
      {
        scopeSpans: [
          {
            spans: [
              {
                traceId: '0af7651916cd43dd8448eb211c80319c',
                spanId: 'b7ad6b7169203331',
                name: 'query',
                kind: 1,
                startTimeUnixNano: '1',
                endTimeUnixNano: '2',
                attributes: [{ key: 'q', value: { stringValue: value } }],
              },
            ],
          },
        ],
      },
    ],
  });

describe('utxoiq-tracing lint', () => {
  const directory = mkdtempSync(join(tmpdir(), 'lint-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const file = (content: string) => {
    const path = join(directory, `${crypto.randomUUID()}.json`);
    writeFileSync(path, content);
    return path;
  };

  it('reads a request, and one a line', () => {
    expect(lintText(otlp('short'), 'cloud-trace')).toEqual({ ok: true, spanCount: 1, spans: [] });
    const lines = lintText(`${otlp('x'.repeat(300))}\n\n${otlp('short')}\n`, 'cloud-trace');
    expect(lines).toMatchObject({ ok: true, spanCount: 2, spans: [{ name: 'query' }] });
  });

  it('says where it cannot read', () => {
    expect(lintText('{"resourceSpans": 1}', 'otlp')).toMatchObject({ ok: false });
    expect(lintText(`${otlp('x')}\n{broken`, 'otlp')).toMatchObject({
      ok: false,
      message: expect.stringMatching(/^line 2: /),
    });
  });

  it('exits with 1 where something would be cut, 0 where nothing, 2 where it cannot tell', async () => {
    const long = file(otlp('x'.repeat(300)));
    const cut = await run(['lint', long]);
    expect(cut).toMatchObject({ exitCode: 1 });
    expect(cut.text).toContain('q: 300 bytes of value, 256 are kept');
    expect(await run(['lint', long, '--profile', 'otlp'])).toMatchObject({ exitCode: 0 });
    expect(JSON.parse((await run(['lint', long, '--json'])).text)).toMatchObject({ spanCount: 1 });
    expect(await run(['lint', join(directory, 'none')])).toMatchObject({ exitCode: 2 });
    expect(await run(['lint', long, '--profile', 'x'])).toMatchObject({ exitCode: 2 });
    expect(await run(['lint', long, '--wrong'])).toMatchObject({ exitCode: 2 });
    expect(await run(['--help'])).toMatchObject({
      exitCode: 0,
      text: expect.stringContaining('lint FILE|-'),
    });
  });

  it('reads standard input', async () => {
    const child = execFile(process.execPath, [join(import.meta.dirname, '../src/bin.ts'), 'lint', '-']);
    child.stdin?.end(otlp('x'.repeat(300)));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(1);
  });
});
