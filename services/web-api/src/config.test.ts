import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

const base = { CLICKHOUSE_URL: 'http://127.0.0.1:8123' };
const issuer = { AUTH_ISSUER: 'https://issuer.example', AUTH_AUDIENCE: 'utxoiq' };

describe('readConfig', () => {
  it('has the documented defaults', () => {
    expect(readConfig(base)).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      otlpHttpPort: 4318,
      grpcPort: 4317,
      dataDir: './data',
      projectId: 'utxoiq-local',
      traceSource: 'store',
      auth: { oidc: null },
      featureEngineUrl: 'http://127.0.0.1:8081',
      insightGeneratorUrl: 'http://127.0.0.1:8082',
    });
  });

  it.each([
    [{ PORT: 'http' }, /^PORT: expected a whole number from 0 to 65535, got "http"$/],
    [{ GRPC_PORT: '70000' }, /^GRPC_PORT: .*got "70000"$/],
    [{ MAX_LOG_BYTES: '1000' }, /^MAX_LOG_BYTES: expected a whole number from 67108864 to .*got "1000"$/],
    [{ TRACE_SOURCE: 'jaeger' }, /^TRACE_SOURCE: expected one of store, cloud-trace, got "jaeger"$/],
    [{ CLICKHOUSE_URL: '' }, /^CLICKHOUSE_URL: .*got nothing$/],
    [{ CLICKHOUSE_URL: 'clickhouse' }, /^CLICKHOUSE_URL: expected http or https URLs.*got "clickhouse"$/],
    [{ CLICKHOUSE_URL: 'http://a,tcp://u:secret@b' }, /^CLICKHOUSE_URL: .*got "http:\/\/a,tcp:\/\/b"$/],
    [{ GCP_PROJECT_ID: 'Bad Project' }, /^GCP_PROJECT_ID: /],
    [{ AUTH_ISSUER: 'https://issuer.example' }, /^AUTH_AUDIENCE: .*got nothing$/],
    [{ AUTH_AUDIENCE: 'a' }, /^AUTH_ISSUER: .*got nothing$/],
    [{ ...issuer, AUTH_ISSUER: 'http://issuer.example' }, /^AUTH_ISSUER: expected an https URL/],
    [{ ...issuer, AUTH_ALGORITHMS: 'RS256,HS256' }, /^AUTH_ALGORITHMS: .*got "HS256"$/],
    [{ SESSION_SECRET: 'short' }, /^SESSION_SECRET: expected at least 32 characters, got "5 characters"$/],
    [{ TRUST_PROXY: 'maybe' }, /^TRUST_PROXY: expected true or false, got "maybe"$/],
    [{ HOST: '0.0.0.0' }, /^HOST: expected a loopback address, or AUTH_ISSUER and AUTH_AUDIENCE/],
    [{ HOST: '127.traces.example' }, /^HOST: expected a loopback address/],
    [{ ...issuer, AUTH_ISSUER: 'http://127.issuer.example' }, /^AUTH_ISSUER: expected an https URL/],
  ])('names the option, what is expected and what came: %j', (options, message) => {
    expect(() => readConfig({ ...base, ...options })).toThrow(message);
  });

  it('needs no ClickHouse to read from Google', () => {
    expect(readConfig({ TRACE_SOURCE: 'cloud-trace' }).clickhouse).toBeNull();
    expect(readConfig({ ...base, TRACE_SOURCE: 'cloud-trace' }).clickhouse).toEqual({
      url: base.CLICKHOUSE_URL,
    });
  });

  it('listens for other machines only with an issuer', () => {
    expect(readConfig({ ...base, ...issuer, HOST: '0.0.0.0' }).host).toBe('0.0.0.0');
  });
});
