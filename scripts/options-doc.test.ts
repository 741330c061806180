import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (pattern: string): string =>
  globSync(pattern, { cwd: root })
    .map((path) => readFileSync(`${root}/${path}`, 'utf8'))
    .join('\n');
const namesIn = (text: string, pattern: RegExp): string[] =>
  [...new Set([...text.matchAll(pattern)].map(([, name]) => name ?? ''))].sort();

const options = namesIn(
  read('services/web-api/src/{config,alerts/alerts-config,auth/auth-config}.ts') +
    read('packages/service-runner/src/{run-service,options}.ts'),
  /(?:[oO]ptions\.\w+|this\.\w+|readSecret)\((?:options, )?'([A-Z][A-Z0-9_]+)'/g,
);

describe('the options of the services', () => {
  it('are documented, each in a table', () => {
    const documented = new Set(
      namesIn(
        read('docs/{api,authentication}.md') + read('packages/service-runner/README.md'),
        /`([A-Z][A-Z0-9_]+)`/g,
      ),
    );
    const ofTheSdk = /^OTEL_/; // docs/sdk/
    expect(options.length).toBeGreaterThan(30);
    expect(options.filter((name) => !documented.has(name) && !ofTheSdk.test(name))).toEqual([]);
  });

  it('are documented where the SDK reads them, and nothing else is documented there', () => {
    const sources = read('packages/tracing/src/{config,export,google,sampling,passed-in}/*.ts');
    const page = readFileSync(`${root}/docs/sdk/options.md`, 'utf8');
    const variable = /\b((?:OTEL|UTXOIQ_TRACING)_[A-Z_]*[A-Z])\b/g;
    const ofAllSignals = (name: string) => !name.startsWith('OTEL_EXPORTER_OTLP_TRACES');
    // Joined from a prefix and a name: tls-files.ts.
    const joined = ['OTEL_EXPORTER_OTLP', 'OTEL_EXPORTER_OTLP_CERTIFICATE', 'OTEL_SPAN'];
    const known = namesIn(sources, variable).filter(ofAllSignals);
    expect(known.length).toBeGreaterThan(20);
    const documented = namesIn(page, variable).filter(ofAllSignals);
    expect(documented.filter((name) => !joined.includes(name))).toEqual(
      known.filter((name) => !joined.includes(name)),
    );
    const given = namesIn(read('packages/tracing/src/config/options.ts'), /^ {2}readonly (\w+)\?/gm);
    expect(given.filter((name) => !page.includes(`\`${name}\``) && !page.includes(`\`${name}.`))).toEqual([]);
  });

  it('are what the files of deploy/ set, beside those of ClickHouse’s own image', () => {
    const deployed = read('deploy/{compose.yaml,cloud-run/*.yaml,kubernetes/*.yaml}');
    const set = [
      ...namesIn(deployed, /name: ([A-Z][A-Z_]+)\b/g),
      ...namesIn(deployed, /^\s+- ([A-Z][A-Z_]+)=/gm),
      ...namesIn(deployed, /[{\s]([A-Z][A-Z_]+): /g),
    ];
    expect(set).toContain('SESSION_SECRET');
    const ofClickhouse = new Set([
      'CLICKHOUSE_PASSWORD',
      ...namesIn(read('deploy/kubernetes/*.xml'), /from_env="(\w+)"/g),
    ]);
    expect(set.filter((name) => !options.includes(name) && !ofClickhouse.has(name))).toEqual([]);
  });
});
