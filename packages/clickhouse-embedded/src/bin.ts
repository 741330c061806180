#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { EmbeddedClickHouse } from './embedded-clickhouse.ts';
import { EmbeddedError } from './embedded-error.ts';
import type { EmbeddedLogger, EmbeddedOptions } from './options.ts';

const HELP = `clickhouse-embedded: ClickHouse's HTTP interface on a directory, without a server

  clickhouse-embedded --data-dir DIRECTORY [--port 8123] [--host 127.0.0.1]
                      [--max-memory-mb 1024] [--max-query-seconds 60]

The password, needed where the host is not loopback, is taken from CLICKHOUSE_PASSWORD.
Then any ClickHouse client can use it:  curl http://127.0.0.1:8123/ -d 'SELECT version()'
Ctrl-C or SIGTERM lets running queries end and exits with 0.
`;

const OPTIONS = {
  'data-dir': { type: 'string' },
  port: { type: 'string', default: '8123' },
  host: { type: 'string' },
  'max-memory-mb': { type: 'string' },
  'max-query-seconds': { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const line = (message: string): boolean => process.stderr.write(`${message}\n`);
const logger: EmbeddedLogger = { info: line, warn: line, error: line };

async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS, strict: true });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const password = process.env.CLICKHOUSE_PASSWORD;
  const memoryMb = values['max-memory-mb'];
  const seconds = values['max-query-seconds'];
  const options: EmbeddedOptions = {
    dataDir: values['data-dir'] ?? '',
    port: Number(values.port),
    logger,
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(password === undefined ? {} : { password }),
    ...(memoryMb === undefined ? {} : { maxMemoryBytes: Number(memoryMb) * 1024 * 1024 }),
    ...(seconds === undefined ? {} : { maxQuerySeconds: Number(seconds) }),
  };
  const engine = await EmbeddedClickHouse.start(options);
  process.stdout.write(`ClickHouse answers on ${engine.url}\n`);
  const stop = () => void engine.stop();
  process.once('SIGINT', stop).once('SIGTERM', stop);
}

try {
  await main();
} catch (error) {
  const ours = error instanceof EmbeddedError || (error instanceof TypeError && 'code' in error);
  line(`clickhouse-embedded: ${ours ? error.message : error}`);
  if (ours && error instanceof TypeError) line('See clickhouse-embedded --help.');
  process.exitCode = 1;
}
