import { type AttributeMap, type AttributeValue, attributeAliases, type Span } from '@utxoiq/model';

const older = new Set([
  'http.method',
  'http.url',
  'http.path',
  'http.user_agent',
  'http.client_ip',
  'http.status_code',
]);

/**
 * The attributes of a span that our SDK made for an HTTP request, with the older names beside the stable ones,
 * so that readers written for those find them. Spans made by others are shown as they came.
 */
export function withOlderNames(span: Span): AttributeMap {
  const isOurs = span.scope.name.startsWith('@utxoiq/tracing');
  if (!isOurs || !span.attributes.has('http.request.method')) return span.attributes;
  const added = new Map<string, AttributeValue>(span.attributes);
  for (const [key, value] of span.attributes) {
    for (const alias of attributeAliases(key)) {
      if (older.has(alias) && !added.has(alias)) added.set(alias, value);
    }
  }
  return added;
}
