import {
  type AttributeMap,
  type AttributeValue,
  type Resource,
  type Scope,
  type Span,
  StatusCode,
} from '@utxoiq/model';
import { type JsonObject, optional, ZipkinError } from './json-fields.ts';

/** Tags that OpenTelemetry's Zipkin exporters make of other fields. */
export const SCOPE_TAGS: ReadonlySet<string> = new Set([
  'otel.scope.name',
  'otel.scope.version',
  'otel.library.name',
  'otel.library.version',
  'otel.status_code',
  'otel.status_description',
]);

export function resourceOf(service: string): Resource {
  const attributes = new Map<string, AttributeValue>();
  if (service !== '') attributes.set('service.name', service);
  return { attributes, droppedAttributesCount: 0, schemaUrl: '' };
}

export function scopeOf(tags: JsonObject): Scope {
  const name = text(tags, 'otel.scope.name') ?? text(tags, 'otel.library.name') ?? '';
  const version = text(tags, 'otel.scope.version') ?? text(tags, 'otel.library.version') ?? '';
  return { name, version, attributes: new Map(), droppedAttributesCount: 0, schemaUrl: '' };
}

export function statusOf(tags: JsonObject): Span['status'] {
  const code = text(tags, 'otel.status_code');
  const error = text(tags, 'error');
  if (code === 'OK') return { code: StatusCode.ok, message: '' };
  if (code !== 'ERROR' && (error === undefined || error === 'false')) {
    return { code: StatusCode.unset, message: '' };
  }
  const message = text(tags, 'otel.status_description') ?? (error === 'true' ? '' : (error ?? ''));
  return { code: StatusCode.error, message };
}

export function attributesOf(
  json: JsonObject,
  tags: JsonObject,
  leaveOut: ReadonlySet<string>,
): AttributeMap {
  const attributes = new Map<string, AttributeValue>();
  endpoint(attributes, optional(json, 'localEndpoint', 'object'), 'network.local');
  const remote = optional(json, 'remoteEndpoint', 'object');
  const peer = optional(remote ?? {}, 'serviceName', 'string');
  if (peer !== undefined && peer !== '') attributes.set('peer.service', peer);
  endpoint(attributes, remote, 'network.peer');
  for (const [key, value] of Object.entries(tags)) {
    if (typeof value !== 'string') throw new ZipkinError(`tags.${key}: expected string`);
    if (!leaveOut.has(key)) attributes.set(key, value);
  }
  return attributes;
}

function endpoint(
  attributes: Map<string, AttributeValue>,
  json: JsonObject | undefined,
  prefix: string,
): void {
  if (json === undefined) return;
  const address = optional(json, 'ipv4', 'string') ?? optional(json, 'ipv6', 'string');
  const port = optional(json, 'port', 'number');
  if (address !== undefined && address !== '') attributes.set(`${prefix}.address`, address);
  if (port !== undefined && Number.isInteger(port) && port > 0)
    attributes.set(`${prefix}.port`, BigInt(port));
}

const text = (tags: JsonObject, name: string): string | undefined => optional(tags, name, 'string');
