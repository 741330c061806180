// A collector as a process of its own, to be killed in crash tests and measured in benches:
// node collector-process.ts CLICKHOUSE_URL DATA_DIR [LIMITS_JSON]
// It says {"ready":{"otlpHttp":…,"grpc":…}} when it listens, answers each message with its stats, and drains on SIGTERM.
import { TraceStore } from '@utxoiq/store';
import { Collector } from '../src/index.ts';

const [url = '', dataDir = '', limits = '{}'] = process.argv.slice(2);
const log = (level: string) => (fields: object | string, message?: string) => {
  const err = typeof fields === 'object' && 'err' in fields ? fields.err : undefined;
  const rest =
    typeof fields === 'string'
      ? {}
      : { ...fields, err: err instanceof Error ? `${err.message}: ${String(err.cause)}` : undefined };
  process.stderr.write(`${level} ${message ?? String(fields)} ${JSON.stringify(rest)}\n`);
};
const store = await TraceStore.open({ url });
const collector = await Collector.start({
  store,
  dataDir,
  projectId: 'bench',
  otlpHttpPort: 0,
  grpcPort: 0,
  limits: JSON.parse(limits),
  logger: { info: log('info'), warn: log('warn'), error: log('error') },
});
process.on('message', () => process.send?.({ stats: collector.stats() }));
// Whoever started it is gone: so is the test.
process.on('disconnect', () => process.exit(1));
process.once('SIGTERM', async () => {
  await collector.stop();
  await store.close();
  process.disconnect?.();
  process.exitCode = 0;
});
process.send?.({ ready: collector.ports });
