import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcess } from './end-process.ts';

export interface NodePlace {
  readonly shard: number;
  readonly replica: number;
  readonly httpPort: number;
  readonly tcpPort: number;
}

export interface NodeOptions extends NodePlace {
  readonly directory: string;
  readonly program: string;
  readonly library: string;
  readonly cluster: string;
  readonly places: readonly NodePlace[];
  readonly keeperPort: number;
  /** Of the user `tracing`, for those outside; the nodes know each other by the cluster's secret. */
  readonly password: string;
  /** An insert is answered when most replicas of its shard have it. */
  readonly quorum: boolean;
}

// Kept open by a statement that never ends: clickhouse-local stops when its statements are done.
const STATEMENTS = `SYSTEM START LISTEN TCP; SYSTEM START LISTEN HTTP;
SELECT sleepEachRow(3) FROM system.numbers FORMAT Null SETTINGS max_block_size = 1, function_sleep_max_microseconds_per_block = 0`;

/** One ClickHouse process of the cluster. Queries at 127.0.0.1; the other replicas at 127.0.0.2, same port. */
export class ClickHouseNode {
  readonly place: NodePlace;
  readonly url: string;
  readonly #options: NodeOptions;
  #process: ChildProcess | null = null;

  constructor(options: NodeOptions) {
    this.#options = options;
    this.place = options;
    this.url = `http://tracing:${options.password}@127.0.0.1:${options.httpPort}`;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  async start(): Promise<void> {
    const { directory, program, library, httpPort, tcpPort } = this.#options;
    await mkdir(directory, { recursive: true });
    const config = join(directory, 'config.xml');
    await writeFile(config, configuration(this.#options));
    await writeFile(join(directory, 'users.xml'), users(this.#options));
    const log = openSync(join(directory, 'output.log'), 'a');
    const args = [
      '127.0.0.2',
      String(httpPort),
      `--config-file=${config}`,
      `--path=${join(directory, 'data')}`,
    ];
    const ports = [`--tcp_port=${tcpPort}`, `--http_port=${httpPort}`];
    const child = spawn(program, [library, ...args, ...ports, '--multiquery', `--query=${STATEMENTS}`], {
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.#process = child;
    for (let attempt = 1; !(await this.#answers()); attempt++) {
      if (attempt === 600 || child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`ClickHouse of shard ${this.place.shard} does not start: see ${directory}`);
      }
      await sleep(100);
    }
  }

  /** kill -9: the only way that it ends here. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    await endProcess(child);
  }

  /** A statement's answer as text. */
  async ask(sql: string): Promise<string> {
    const { password, httpPort } = this.#options;
    const headers = { 'x-clickhouse-user': 'tracing', 'x-clickhouse-key': password };
    const response = await fetch(`http://127.0.0.1:${httpPort}`, { method: 'POST', body: sql, headers });
    const answer = await response.text();
    if (!response.ok) throw new Error(answer);
    return answer.trim();
  }

  async #answers(): Promise<boolean> {
    try {
      return (await this.ask('SELECT 1')) === '1';
    } catch {
      return false; // not listening yet
    }
  }
}

function configuration({ directory, cluster, places, keeperPort, shard, replica }: NodeOptions): string {
  const shards = Map.groupBy(places, (place) => place.shard);
  const replicas = (of: readonly NodePlace[]): string =>
    of.map(({ tcpPort }) => `<replica><host>127.0.0.1</host><port>${tcpPort}</port></replica>`).join('');
  return `<clickhouse>
  <logger><level>warning</level><log>${join(directory, 'clickhouse.log')}</log></logger>
  <users_config>${join(directory, 'users.xml')}</users_config>
  <listen_host>127.0.0.1</listen_host><listen_host>127.0.0.2</listen_host>
  <zookeeper><node><host>127.0.0.1</host><port>${keeperPort}</port></node><session_timeout_ms>30000</session_timeout_ms>
    <sessions_path>/clickhouse/sessions/${shard}-${replica}</sessions_path></zookeeper>
  <distributed_ddl><path>/clickhouse/task_queue/ddl</path></distributed_ddl>
  <macros><shard>${shard}</shard><replica>${replica}</replica></macros>
  <remote_servers><${cluster}>
    <secret>known to the nodes</secret>
    ${Array.from(shards.values(), (of) => `<shard><internal_replication>true</internal_replication>${replicas(of)}</shard>`).join('\n    ')}
  </${cluster}></remote_servers>
  <max_server_memory_usage>2000000000</max_server_memory_usage>
  <mark_cache_size>67108864</mark_cache_size>
  <background_pool_size>2</background_pool_size>
  <background_fetches_pool_size>2</background_fetches_pool_size>
  <background_common_pool_size>2</background_common_pool_size>
  <background_schedule_pool_size>8</background_schedule_pool_size>
  <merge_tree><number_of_free_entries_in_pool_to_execute_mutation>1</number_of_free_entries_in_pool_to_execute_mutation>
    <number_of_free_entries_in_pool_to_lower_max_size_of_merge>1</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
    <number_of_free_entries_in_pool_to_execute_optimize_entire_partition>1</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>
    <cleanup_delay_period>5</cleanup_delay_period></merge_tree>
</clickhouse>
`;
}

// `default` is whom clickhouse-local itself runs its statements as; it must not be able to do what the user `tracing` can.
const users = ({ password, quorum }: NodeOptions): string => `<clickhouse>
  <profiles><default>${quorum ? '<insert_quorum>auto</insert_quorum>' : ''}</default></profiles>
  <quotas><default/></quotas>
  <users>
    <default><password/><networks><ip>::1</ip><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota>
      <grants><query>GRANT SELECT ON system.*</query><query>GRANT SYSTEM LISTEN ON *.*</query></grants></default>
    <tracing><password>${password}</password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota></tracing>
  </users>
</clickhouse>
`;
