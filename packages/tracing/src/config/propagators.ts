import { DEFAULT_FORMATS, type PropagationFormat } from '../propagation/propagator.ts';
import { TracingError } from '../tracing-error.ts';
import { type Environment, text } from './environment.ts';

const KNOWN: ReadonlySet<string> = new Set(['tracecontext', 'baggage', 'cloud-trace', 'b3', 'b3multi']);

export function formatsOf(env: Environment): readonly PropagationFormat[] {
  const names = text(env, 'OTEL_PROPAGATORS')
    ?.split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names === undefined) return DEFAULT_FORMATS;
  if (names.includes('none')) return [];
  const unknown = names.find((name) => !KNOWN.has(name));
  if (unknown === undefined) return names as PropagationFormat[];
  throw new TracingError(
    'BAD_OPTION',
    `OTEL_PROPAGATORS knows ${[...KNOWN].join(', ')} and none, got ${JSON.stringify(unknown)}`,
  );
}
