// `npm start`: installs and builds what is missing, then runs the platform on the pinned Node.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled, pinnedNode } from './setup/installed-packages.mjs';
import { runForeground } from './setup/run-child.mjs';
import { runMain, SetupError } from './setup/setup-error.mjs';
import { ensureViewerBuilt } from './setup/viewer-build.mjs';

const help = `npm start

Starts the platform on this machine: the embedded ClickHouse, web-api, feature-engine and insight-generator.
Installs and builds what is missing before. Ctrl-C or SIGTERM stores what was taken, stops and exits with 0;
a second Ctrl-C ends at once.

It is told by environment variables, such as  PORT=9000 DATA_DIR=/var/lib/traces npm start

  HOST, PORT                                     127.0.0.1, 8080: viewer, REST, OTLP, /metrics
  OTLP_HTTP_PORT, GRPC_PORT                      4318, 4317
  FEATURE_ENGINE_PORT, INSIGHT_GENERATOR_PORT    8081, 8082
  DATA_DIR                                       ./data: spans, keys, logs
  CLICKHOUSE_URL                                 unset: embedded; else that server
  AUTH_ISSUER, AUTH_AUDIENCE                     unset: a key in DATA_DIR; else OpenID Connect

A port of 0 is any free one. docs/api.md lists all options, docs/operate.md says what to watch.`;

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [argument] = process.argv.slice(2);

await runMain(async () => {
  if (argument === '--help' || argument === '-h') {
    console.log(help);
    return 0;
  }
  if (argument !== undefined) {
    throw new SetupError(
      `npm start takes no argument, got ${argument}.`,
      'npm start -- --help lists its options.',
    );
  }
  await ensureInstalled(root, console.log);
  ensureViewerBuilt(root, console.log);
  return runForeground(pinnedNode(root), [join(root, 'scripts/platform.ts')]);
});
