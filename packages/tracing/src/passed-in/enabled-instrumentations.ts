import * as nodeModule from 'node:module';
import { join } from 'node:path';
import { type Environment, text } from '../config/environment.ts';
import type { InstrumentationLike } from '../config/options.ts';

const VARIABLE = 'OTEL_NODE_ENABLED_INSTRUMENTATIONS';
const PREFIX = '@opentelemetry/instrumentation-';
/** Traced here without patching: their own instrumentations would make every span twice. */
const OWN: ReadonlySet<string> = new Set(['http', 'undici', 'grpc'].map((name) => PREFIX + name));

export interface EnabledInstrumentations {
  readonly instrumentations: readonly InstrumentationLike[];
  /** Why those that are missing could not be made. */
  readonly problems: readonly string[];
}

/**
 * The instrumentations that the program's environment names, as OpenTelemetry's own auto-instrumentation takes them:
 * `pg,ioredis` is `@opentelemetry/instrumentation-pg` and `-ioredis`; whole package names are taken as they are. They
 * come from the program's node_modules, with their default options.
 */
export function enabledInstrumentations(env: Environment): EnabledInstrumentations {
  const instrumentations: InstrumentationLike[] = [];
  const problems: string[] = [];
  for (const name of enabledPackages(env)) {
    try {
      const require = nodeModule.createRequire(join(process.cwd(), 'program.js'));
      instrumentations.push(instrumentationOf(require(name), name));
    } catch (error) {
      const [reason] = String(error instanceof Error ? error.message : error).split('\n', 1);
      problems.push(`${name}: ${reason}`);
    }
  }
  return { instrumentations, problems };
}

/** The packages that the environment names, without those that are not needed here. */
export function enabledPackages(env: Environment): string[] {
  return (text(env, VARIABLE) ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .map((name) => (/[@/]/.test(name) ? name : PREFIX + name))
    .filter((name) => !OWN.has(name));
}

/** Each package exports one class of that name besides enums, types and helpers. */
function instrumentationOf(exports: object, name: string): InstrumentationLike {
  const found = Object.entries(exports).find(
    ([key, value]) => key.endsWith('Instrumentation') && typeof value === 'function',
  );
  if (found === undefined) throw new Error(`${name} exports no instrumentation`);
  return new (found[1] as new () => InstrumentationLike)();
}
