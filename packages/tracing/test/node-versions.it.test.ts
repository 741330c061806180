import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { startOtlpReceiver } from './otlp-receiver.ts';

/** Child processes, on a machine that may be busy. */
const SLOW = { timeout: 120_000 };

import { projectWithSdk } from './published-package.ts';

/** Where `npm run test:sdk-package` keeps the Nodes it got from npm. */
const CACHE = join(import.meta.dirname, '../../../.cache/sdk-package');
const nodeOf = (version: string) => join(CACHE, `node-${version}`, 'node_modules/node/bin/node');

const project = projectWithSdk(['fastify', 'ioredis', '@opentelemetry/instrumentation-ioredis'], 'package');
const receiver = await startOtlpReceiver();
afterAll(() => {
  receiver.close();
  project.remove();
});

describe.each([
  ['22.15.0', nodeOf('22.15.0')],
  ['24', nodeOf('24')],
  ['26', process.execPath],
])(
  'the built package on Node %s (by `npm run test:sdk-package` where it has not been fetched)',
  SLOW,
  (version, node) => {
    it.skipIf(!existsSync(node)).each([
      ['ES modules', ['journey-esm.mjs'], ['GET', 'GET /insights/:id', 'load']],
      ['CommonJS', ['journey-cjs.cjs'], ['GET', 'GET /insights/:id', 'load']],
      ['--import register', ['--import', '@utxoiq/tracing/register', 'unaware.cjs'], ['GET', 'GET']],
      ['--require register', ['--require', '@utxoiq/tracing/register', 'unaware.cjs'], ['GET', 'GET']],
      ['ES modules patched, --import', ['--import', '@utxoiq/tracing/register', 'patched.mjs'], []],
      ['ES modules patched, --require', ['--require', '@utxoiq/tracing/register', 'patched.mjs'], []],
    ])('%s', async (_name, args, names) => {
      receiver.spans.length = 0;
      const env = {
        ...process.env,
        NODE_OPTIONS: '',
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'ioredis',
      };
      const options = { cwd: project.folder, env, timeout: 100_000 };
      const { stdout } = await promisify(execFile)(node, ['--version'], options);
      expect(stdout).toContain(`v${version}`);
      const { stderr } = await promisify(execFile)(node, args, options);
      expect(stderr).toBe('');
      expect(receiver.spans.map(({ name }) => name).toSorted()).toEqual(names);
    });
  },
);
