import { readFileSync } from 'node:fs';
import { type Environment, text } from '../config/environment.ts';
import { TracingError } from '../tracing-error.ts';

/** What TLS to the collector needs beyond the system's own certificates, in PEM. */
export interface TlsFiles {
  readonly ca?: Buffer;
  readonly key?: Buffer;
  readonly cert?: Buffer;
}

const VARIABLES = { ca: 'CERTIFICATE', key: 'CLIENT_KEY', cert: 'CLIENT_CERTIFICATE' } as const;

/** `OTEL_EXPORTER_OTLP_[TRACES_]CERTIFICATE`, `_CLIENT_KEY`, `_CLIENT_CERTIFICATE`: paths of files. */
export function tlsFilesOf(env: Environment): TlsFiles {
  const files: { -readonly [K in keyof TlsFiles]: TlsFiles[K] } = {};
  for (const name of Object.keys(VARIABLES) as (keyof typeof VARIABLES)[]) {
    for (const prefix of ['OTEL_EXPORTER_OTLP_TRACES_', 'OTEL_EXPORTER_OTLP_']) {
      const path = text(env, prefix + VARIABLES[name]);
      if (path !== undefined) files[name] ??= read(prefix + VARIABLES[name], path);
    }
  }
  return files;
}

function read(variable: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new TracingError('BAD_OPTION', `${variable} must name a PEM file, cannot read ${path}`, { cause });
  }
}
