export type JsonObject = Readonly<Record<string, unknown>>;

/** What is wrong with one span, said with the field's name. */
export class ZipkinError extends Error {
  override readonly name = 'ZipkinError';
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

interface Kinds {
  readonly string: string;
  readonly boolean: boolean;
  readonly number: number;
  readonly object: JsonObject;
  readonly list: readonly unknown[];
}

/** The field, undefined if it is missing or null. @throws {ZipkinError} if it is of another kind */
export function optional<Kind extends keyof Kinds>(
  json: JsonObject,
  name: string,
  kind: Kind,
): Kinds[Kind] | undefined {
  const value = json[name];
  if (value === undefined || value === null) return undefined;
  const fits =
    kind === 'object' ? isObject(value) : kind === 'list' ? Array.isArray(value) : typeof value === kind;
  if (!fits) throw new ZipkinError(`${name}: expected ${kind}, got ${JSON.stringify(value)?.slice(0, 40)}`);
  return value as Kinds[Kind];
}
