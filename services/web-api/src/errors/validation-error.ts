import type { FastifyError } from 'fastify';
import { type ApiError, invalidArgument } from './api-error.ts';

/** What Ajv's `verbose` errors carry beyond Fastify's type. */
interface Violation {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Record<string, unknown>;
  readonly data?: unknown;
  readonly parentSchema?: Record<string, unknown>;
  readonly message?: string;
}

/** The first violation of a route's schema, as a problem that names the field, what came and what is expected. */
export function fromValidation(error: FastifyError): ApiError {
  const violation = error.validation?.[0] as Violation | undefined;
  const where = error.validationContext ?? 'body';
  if (violation === undefined) return invalidArgument(where, undefined, 'a valid request');
  const path = violation.instancePath.slice(1).replaceAll('/', '.');
  const { keyword, params } = violation;
  if (keyword === 'required') {
    const name = String(params.missingProperty);
    return invalidArgument(path === '' ? name : `${path}.${name}`, undefined, 'a value (it is required)');
  }
  if (keyword === 'additionalProperties') {
    const known = Object.keys((violation.parentSchema?.properties ?? {}) as object);
    const name = String(params.additionalProperty);
    return invalidArgument(name, name, `one of the parameters ${known.join(', ')}`);
  }
  return invalidArgument(path === '' ? where : path, violation.data, expectationOf(violation));
}

/** A schema's own `description` says best what is expected; else Ajv's words. */
function expectationOf(violation: Violation): string {
  const schema = violation.parentSchema ?? {};
  if (typeof schema.expected === 'string') return schema.expected;
  const type = typeof schema.type === 'string' ? withArticle(schema.type) : 'a value';
  if (schema.minimum !== undefined && schema.maximum !== undefined) {
    return `${type} from ${schema.minimum} to ${schema.maximum}`;
  }
  if (Array.isArray(schema.enum)) return `one of ${schema.enum.join(', ')}`;
  return violation.keyword === 'type' ? type : `${type} that ${violation.message ?? 'is valid'}`;
}

const withArticle = (type: string): string => (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`);
