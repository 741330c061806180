import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../../../shared/data/otel-demo/', import.meta.url));

/** OTLP request bodies recorded from the OpenTelemetry demo; empty where a checkout has none beside it. */
export function recordedBodies(): Uint8Array[] {
  if (!existsSync(FOLDER)) return [];
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.bin'));
  return files.sort().map((file) => readFileSync(`${FOLDER}${file}`));
}
