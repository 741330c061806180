import { writeKeyValue } from '../encode/any-value.ts';
import { LastBytes } from '../encode/last-bytes.ts';
import { ProtoWriter } from '../encode/proto-writer.ts';
import { ATTRIBUTES } from '../encode/span-encoder.ts';
import { methodAttributes } from './http-attributes.ts';

/** What all requests of one route share, encoded once. */
export interface RouteTemplate {
  readonly spanName: string;
  readonly method: string;
  readonly route: string | undefined;
  readonly scheme: 'http' | 'https';
  readonly pairs: readonly (readonly [key: string, value: string])[];
  /** `pairs` as elements of `Span.attributes`. */
  readonly bytes: Uint8Array;
  /** The attributes of the last request's URL: many routes have one URL only. */
  readonly lastUrl: LastBytes;
}

/** Routes are a small fixed set; methods and paths of a scanner are not. */
const MAX_TEMPLATES = 2000;
const NO_ROUTE = '';

const templates = new Map<string, Map<string, RouteTemplate>>();
let count = 0;

export function routeTemplate(method: string, route: string | undefined, secure: boolean): RouteTemplate {
  const group = secure ? `${method}s` : method;
  const known = templates.get(group)?.get(route ?? NO_ROUTE);
  if (known !== undefined) return known;
  const made = makeTemplate(method, route, secure ? 'https' : 'http');
  if (count++ >= MAX_TEMPLATES) return made;
  let routes = templates.get(group);
  if (routes === undefined) {
    routes = new Map();
    templates.set(group, routes);
  }
  routes.set(route ?? NO_ROUTE, made);
  return made;
}

function makeTemplate(method: string, route: string | undefined, scheme: 'http' | 'https'): RouteTemplate {
  const pairs: [string, string][] = [...methodAttributes(method), ['url.scheme', scheme]];
  if (route !== undefined) pairs.push(['http.route', route]);
  const named = pairs[0]?.[1] === '_OTHER' ? 'HTTP' : method;
  return {
    spanName: route === undefined ? named : `${named} ${route}`,
    method,
    route,
    scheme,
    pairs,
    bytes: encodePairs(pairs),
    lastUrl: new LastBytes(),
  };
}

export function encodePairs(pairs: readonly (readonly [string, unknown])[]): Uint8Array {
  const out = new ProtoWriter(256);
  for (const [key, value] of pairs) {
    out.byte(ATTRIBUTES);
    writeKeyValue(out, key, value);
  }
  return new Uint8Array(out.bytes.subarray(0, out.position));
}
