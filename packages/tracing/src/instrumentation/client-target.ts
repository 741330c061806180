import { LastBytes } from '../encode/last-bytes.ts';
import { methodAttributes } from './http-attributes.ts';
import { encodePairs } from './route-template.ts';

/** What all requests with one method to one origin share, encoded once. */
export interface ClientTarget {
  readonly spanName: string;
  /** `http://host[:port]`. */
  readonly origin: string;
  readonly pairs: readonly (readonly [key: string, value: string | number])[];
  /** `pairs` as elements of `Span.attributes`. */
  readonly bytes: Uint8Array;
  /** The `url.full` of the last request. */
  readonly lastUrl: LastBytes;
}

/** Services ask few others; a crawler's origins are not kept. */
const MAX_TARGETS = 2000;

const targets = new Map<string, Map<string, ClientTarget>>();
let count = 0;

/** `origin` is `http://host[:port]`; what is none stands in the span as it is. */
export function clientTarget(method: string, origin: string): ClientTarget {
  const known = targets.get(origin)?.get(method);
  if (known !== undefined) return known;
  const made = makeTarget(method, origin);
  if (count++ >= MAX_TARGETS) return made;
  let methods = targets.get(origin);
  if (methods === undefined) {
    methods = new Map();
    targets.set(origin, methods);
  }
  methods.set(method, made);
  return made;
}

function makeTarget(method: string, given: string): ClientTarget {
  const { origin, host, port } = partsOf(given);
  const named = methodAttributes(method);
  const pairs = [...named, ['server.address', host], ['server.port', port]] as const;
  return {
    spanName: named[0]?.[1] === '_OTHER' ? 'HTTP' : method,
    origin,
    pairs,
    bytes: encodePairs(pairs),
    lastUrl: new LastBytes(),
  };
}

function partsOf(given: string): { origin: string; host: string; port: number } {
  const defaultPort = given.startsWith('https:') ? 443 : 80;
  const url = URL.parse(given);
  if (url === null) return { origin: given, host: given.replace(/^https?:\/\//, ''), port: defaultPort };
  return { origin: url.origin, host: url.hostname, port: url.port === '' ? defaultPort : Number(url.port) };
}
