import { type Environment, text } from '../config/environment.ts';
import { TracingError } from '../tracing-error.ts';
import { alwaysOff, alwaysOn, parentBased, ratio } from './basic-samplers.ts';
import type { Sampler } from './sampler.ts';

/** `OTEL_TRACES_SAMPLER` with `OTEL_TRACES_SAMPLER_ARG`; parent-based and always on by default. */
export function samplerOf(env: Environment): Sampler {
  const name = text(env, 'OTEL_TRACES_SAMPLER') ?? 'parentbased_always_on';
  const root = rootOf(name.replace(/^parentbased_/, ''), text(env, 'OTEL_TRACES_SAMPLER_ARG'));
  if (root === null) {
    throw new TracingError(
      'BAD_OPTION',
      `OTEL_TRACES_SAMPLER knows always_on, always_off, traceidratio and parentbased_ before each, got ${JSON.stringify(name)}`,
    );
  }
  return name.startsWith('parentbased_') ? parentBased({ root }) : root;
}

function rootOf(name: string, argument: string | undefined): Sampler | null {
  switch (name) {
    case 'always_on':
      return alwaysOn;
    case 'always_off':
      return alwaysOff;
    case 'traceidratio':
      return ratio(shareOf(argument));
    default:
      return null;
  }
}

function shareOf(argument: string | undefined): number {
  const share = argument === undefined ? 1 : Number(argument);
  if (share >= 0 && share <= 1) return share;
  throw new TracingError(
    'BAD_OPTION',
    `OTEL_TRACES_SAMPLER_ARG must be between 0 and 1, got ${JSON.stringify(argument)}`,
  );
}
