import { invalidArgument, invalidField } from './google-error.ts';

/** Google's parameters for every method (cloud.google.com/apis/docs/system-parameters). */
export interface SystemParameters {
  readonly alt: 'json' | 'proto';
  readonly enumsAsNumbers: boolean;
  readonly fields: string | null;
  readonly prettyPrint: boolean;
  readonly callback: string | null;
  /** `access_token` or `oauth_token`, for callers that cannot set a header. */
  readonly accessToken: string | null;
  /** What belongs to the method itself. */
  readonly own: ReadonlyMap<string, string>;
}

const NAMES = new Set([
  'xgafv',
  'access_token',
  'alt',
  'callback',
  'fields',
  'key',
  'oauth_token',
  'prettyPrint',
  'quotaUser',
  'uploadType',
  'upload_protocol',
]);

export function readSystemParameters(search: string, maskHeader: string | undefined): SystemParameters {
  const system = new Map<string, string>();
  const own = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(search)) {
    const plain = name.replace(/^\$\.?/, '');
    if (NAMES.has(plain)) system.set(plain, value);
    else own.set(name, value);
  }
  return {
    ...readAlt(system.get('alt') ?? 'json'),
    fields: system.get('fields') ?? maskHeader ?? null,
    prettyPrint: readFlag('pretty_print', system.get('prettyPrint') ?? 'true'),
    callback: readCallback(system.get('callback')),
    accessToken: system.get('access_token') ?? system.get('oauth_token') ?? null,
    own,
  };
}

/** A parameter that no field has. */
export function unknownParameter(name: string): Error {
  const shown = name.slice(0, 200);
  const description = `Invalid JSON payload received. Unknown name "${shown}": Cannot bind query parameter. Field '${shown}' could not be found in request message.`;
  return invalidArgument([{ field: '', description }]);
}

function readAlt(text: string): Pick<SystemParameters, 'alt' | 'enumsAsNumbers'> {
  const [format = '', ...options] = text.split(';').map((part) => part.trim());
  const enumsAsNumbers = options.includes('enum-encoding=int');
  if (format === 'json' || format === 'media') return { alt: 'json', enumsAsNumbers };
  if (format === 'proto') return { alt: 'proto', enumsAsNumbers };
  throw invalidField('alt', `Invalid value at 'alt' (TYPE_STRING), "${text.slice(0, 200)}"`);
}

function readFlag(field: string, text: string): boolean {
  if (text === 'true' || text === '1' || text === '') return true;
  if (text === 'false' || text === '0') return false;
  throw invalidField(field, `Invalid value at '${field}' (TYPE_BOOL), "${text.slice(0, 200)}"`);
}

/** It is called as a script: a name, and nothing that could be more. */
function readCallback(text: string | undefined): string | null {
  if (text === undefined || text === '') return null;
  if (/^[\w$.]{1,100}$/.test(text)) return text;
  throw invalidField('callback', "Invalid value at 'callback': a JavaScript name is expected.");
}
