// Runs a command beside a real ClickHouse cluster (2 shards of 2 replicas): node bench/cluster/run.ts -- npx vitest run ...
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { LocalCluster } from './local-cluster.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    shards: { type: 'string', default: '2' },
    replicas: { type: 'string', default: '2' },
    quorum: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
});
const cluster = await LocalCluster.start({
  shards: Number(values.shards),
  replicas: Number(values.replicas),
  quorum: values.quorum,
});
const address = { url: cluster.url, name: cluster.name };
console.log(
  `CLICKHOUSE_URL=${address.url} CLICKHOUSE_CLUSTER=${address.name}   (logs: ${cluster.directory})`,
);
const [command, ...args] = positionals;
const environment = {
  CLICKHOUSE_URL: address.url,
  CLICKHOUSE_CLUSTER: address.name,
  TEST_CLICKHOUSE_URL: address.url,
  TEST_CLICKHOUSE_CLUSTER: address.name,
};
if (command === undefined) {
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
} else {
  const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...environment } });
  const [code] = await once(child, 'exit');
  process.exitCode = typeof code === 'number' ? code : 1;
}
await cluster.stop({ keep: values.keep });
