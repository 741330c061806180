import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { afterAll, describe, expect, it } from 'vitest';
import { startOtlpReceiver, treeOf } from './otlp-receiver.ts';

/** Child processes, on a machine that may be busy. */
const SLOW = { timeout: 120_000 };

import { startRedis } from './redis-server.ts';

const here = import.meta.dirname;
const receiver = await startOtlpReceiver();
const redis = await startRedis();
const postgres = await PGlite.create();
const socket = new PGLiteSocketServer({ db: postgres, host: '127.0.0.1', port: 0 });
await socket.start();
const PG_PORT = socket.getServerConn().split(':').at(-1) ?? '';
afterAll(async () => {
  receiver.close();
  redis.close();
  await socket.stop();
  await postgres.close();
});

/** Runs it to its end; gives the spans that arrived. */
async function run(env: Record<string, string>, ...args: readonly string[]) {
  receiver.spans.length = 0;
  const { stderr } = await promisify(execFile)(process.execPath, [...args], {
    cwd: join(here, 'programs'),
    timeout: 100_000,
    env: {
      ...process.env,
      ...env,
      PG_PORT,
      REDIS_PORT: String(redis.port),
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_SEMCONV_STABILITY_OPT_IN: 'database',
    },
  });
  return { spans: [...receiver.spans], stderr };
}

const REGISTER = join(here, '../src/register.ts');
const ENABLED = { OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'pg, ioredis, http' };

describe(
  "OpenTelemetry's instrumentations of pg and ioredis, on a Postgres and a Redis over sockets",
  SLOW,
  () => {
    it.each([
      ['passed in, CommonJS', {}, ['--require', './traced-databases.cjs', 'databases.cjs']],
      ['passed in, ES modules', {}, ['--import', './traced-databases.mjs', 'databases.mjs']],
      ['named in the environment, CommonJS', ENABLED, ['--import', REGISTER, 'databases.cjs']],
      ['named in the environment, ES modules', ENABLED, ['--import', REGISTER, 'databases.mjs']],
    ])('%s', async (_name, env, args) => {
      const { spans, stderr } = await run(env, ...args);
      expect(stderr).toBe('');
      expect(treeOf(spans)).toBe(
        [
          'pg.connect (client)',
          'work (internal)',
          '  get (client)',
          '  pg.query:SELECT postgres (client)',
          '  pg.query:SELECT postgres (client)',
          '  set (client)',
        ].join('\n'),
      );
      const queries = spans.filter(({ name }) => name === 'pg.query:SELECT postgres');
      expect(queries.map(({ attributes, status }) => [attributes['db.query.text'], status])).toEqual([
        ['SELECT $1::int + 1 AS answer', undefined],
        ['SELECT nonsense', { code: 2, message: 'column "nonsense" does not exist' }],
      ]);
    });

    it('says which of them are not installed, and goes on', async () => {
      const { spans, stderr } = await run(
        { OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'ioredis,nonesuch' },
        '--import',
        REGISTER,
        'databases.mjs',
      );
      expect(stderr).toMatch(/MISSING_PACKAGE.*@opentelemetry\/instrumentation-nonesuch/);
      expect(spans.map(({ name }) => name)).toContain('get');
    });
  },
);
