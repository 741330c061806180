// `npm run cloud-trace -- env`: what brings an unmodified program that writes to Google Cloud Trace here instead.
import { parseArgs } from 'node:util';
import { cloudTraceEnvironment } from '../services/web-api/src/cloud-trace/local/environment.ts';
import { openLocalCloud } from '../services/web-api/src/cloud-trace/local/local-cloud.ts';
import { writeTrustFile } from '../services/web-api/src/cloud-trace/local/trust-file.ts';

const help = `npm run -s cloud-trace -- env [options]

Prints the environment variables with which a program that uses Google's libraries for Cloud Trace runs
against this platform, unchanged:  eval "$(npm run -s cloud-trace -- env)"

  --port PORT        the API's (default PORT, or 8080)
  --project PROJECT  the project to write to (default GCP_PROJECT_ID, or utxoiq-local)
  --json             as JSON
  --help             this text

The files they name are in DATA_DIR, made on first use. docs/cloud-trace.md says what each is for.`;

class UsageError extends Error {}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: 'string', default: process.env.PORT || '8080' },
      project: { type: 'string', default: process.env.GCP_PROJECT_ID || 'utxoiq-local' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return;
  }
  const [command, ...more] = positionals;
  if (command !== 'env' || more.length > 0) {
    throw new UsageError(`expected the command env, got ${JSON.stringify(positionals.join(' '))}`);
  }
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new UsageError(`--port: expected a port from 1 to 65535, got ${JSON.stringify(values.port)}`);
  }
  if (process.env.AUTH_ISSUER) {
    console.error(
      'AUTH_ISSUER is set: the platform takes tokens of that issuer only, not those of this key.',
    );
  }
  const cloud = await openLocalCloud(process.env.DATA_DIR || './data', values.project);
  const trustPath = writeTrustFile(cloud);
  const host = '127.0.0.1';
  const variables = cloudTraceEnvironment({ cloud, trustPath, projectId: values.project, host, port });
  if (values.json) console.log(JSON.stringify(Object.fromEntries(variables), null, 2));
  else for (const [name, value, why] of variables) console.log(`export ${name}=${quote(value)}  # ${why}`);
}

const quote = (text: string) => (/^[\w./:,@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

try {
  await main();
} catch (error) {
  const isMistake = error instanceof UsageError || (error instanceof TypeError && 'code' in error);
  console.error(isMistake ? `${(error as Error).message}\n\n${help}` : error);
  process.exitCode = 1;
}
