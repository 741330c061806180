/** What this service can be told from outside. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly projectId: string;
  readonly logLevel: string;
}

export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  return Object.freeze({
    host: environment.SERVICE_HOST ?? '127.0.0.1',
    port: readPort('INSIGHT_GENERATOR_PORT', environment.INSIGHT_GENERATOR_PORT, 8082),
    projectId: environment.GCP_PROJECT_ID ?? 'utxoiq-local',
    logLevel: environment.LOG_LEVEL ?? 'info',
  });
}

function readPort(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined || text === '') return fallback;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new Error(`${name}: expected a port from 0 to 65535, got ${JSON.stringify(text)}`);
}
