import { TracingError } from '../tracing-error.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable with a value; unset and empty are the same (specification, configuration/sdk-environment-variables). */
export function text(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}

export function count(env: Environment, name: string): number | undefined {
  const value = text(env, name);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (Number.isFinite(number) && number >= 0) return number;
  throw new TracingError('BAD_OPTION', `${name} must be a number of 0 or more, got ${JSON.stringify(value)}`);
}

export function flag(env: Environment, name: string): boolean {
  return text(env, name)?.toLowerCase() === 'true';
}

/** `key=value,key=value` with percent encoding, as `OTEL_RESOURCE_ATTRIBUTES` and header variables have it. */
export function pairs(env: Environment, name: string): Record<string, string> {
  const result: Record<string, string> = {};
  for (const member of text(env, name)?.split(',') ?? []) {
    const at = member.indexOf('=');
    if (at <= 0) continue;
    result[member.slice(0, at).trim()] = decoded(member.slice(at + 1).trim());
  }
  return result;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value; // Not percent-encoded: taken as it is.
  }
}
