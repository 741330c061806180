import { relative } from 'node:path';

/** What the operator needs next, printed once everything is ready. */
export function welcome(options: {
  readonly host: string;
  readonly ports: ReadonlyMap<string, number>;
  readonly signInUrl: string | null;
  readonly dataDir: string;
}): string {
  const { host, ports, signInUrl } = options;
  const at = (option: string): string => `${host.includes(':') ? `[${host}]` : host}:${ports.get(option)}`;
  const base = `http://${at('PORT')}`;
  const token = signInUrl === null ? 'from your issuer' : 'npm run -s token -- --role viewer';
  const logs = `${relative(process.cwd(), options.dataDir) || options.dataDir}/logs`;
  return `
  Sign in      ${signInUrl === null ? `${base}/ (with your issuer)` : `${signInUrl}   (good for one use)`}
  Make a trace curl -i ${base}/api/v1/insights   (slow: ?slow=1, failing: ?fail=1)
  Get a token  ${token}
  Read the API ${base}/docs
  Send spans   OTLP/HTTP ${at('OTLP_HTTP_PORT')}, gRPC ${at('GRPC_PORT')}
  Logs         ${logs}
`;
}
