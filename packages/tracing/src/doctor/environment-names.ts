import type { Environment } from '../config/environment.ts';
import { doubtful, type Finding } from './finding.ts';

/** Variables of the specification and of ours that are read; of the rest, those that mean other signals. */
const READ = new Set([
  ...['SDK_DISABLED', 'SERVICE_NAME', 'RESOURCE_ATTRIBUTES', 'PROPAGATORS', 'BSP_SCHEDULE_DELAY'],
  ...['TRACES_EXPORTER', 'TRACES_SAMPLER', 'TRACES_SAMPLER_ARG', 'ATTRIBUTE_COUNT_LIMIT'],
  ...['ATTRIBUTE_VALUE_LENGTH_LIMIT', 'SPAN_ATTRIBUTE_COUNT_LIMIT', 'SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT'],
  ...['SPAN_EVENT_COUNT_LIMIT', 'SPAN_LINK_COUNT_LIMIT', 'EVENT_ATTRIBUTE_COUNT_LIMIT'],
  ...['LINK_ATTRIBUTE_COUNT_LIMIT', 'NODE_ENABLED_INSTRUMENTATIONS'],
  ...['ENDPOINT', 'HEADERS', 'PROTOCOL', 'TIMEOUT', 'COMPRESSION', 'INSECURE', 'CERTIFICATE', 'CLIENT_KEY']
    .concat('CLIENT_CERTIFICATE')
    .flatMap((name) => [`EXPORTER_OTLP_${name}`, `EXPORTER_OTLP_TRACES_${name}`]),
]);
const OTHERS =
  /^(?:METRICS?|LOGS|BLRP|EXPORTER_OTLP_(?:METRICS|LOGS)|EXPORTER_(?:PROMETHEUS|ZIPKIN|JAEGER))_|^(?:LOG_LEVEL|SEMCONV_STABILITY_OPT_IN|ENTITIES|CONFIG_FILE|EXPERIMENTAL_|NODE_(?:RESOURCE|DISABLED)_|LOGRECORD_|BSP_)/;
const PREFIX = 'OTEL_';
const NEAR = 3;

/** Names that nothing reads: most often a slip. */
export function unknownVariables(env: Environment): Finding[] {
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => name.slice(PREFIX.length))
    .filter((name) => !READ.has(name) && !OTHERS.test(name))
    .map((name) => {
      const near = nearest(name);
      return doubtful(
        `${PREFIX}${name} is not read`,
        near === null ? 'unset it, or is it meant for another SDK?' : `do you mean ${PREFIX}${near}?`,
      );
    });
}

function nearest(name: string): string | null {
  const ranked = [...READ].map((known) => ({ known, far: distance(name, known) }));
  const [best] = ranked.toSorted((a, b) => a.far - b.far);
  return best !== undefined && best.far <= NEAR ? best.known : null;
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
