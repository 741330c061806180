/**
 * Names of one and the same HTTP fact: the stable semantic convention first, then OpenTelemetry's older name
 * (semconv 1.20 and before, and the platform's own `http.path` and `http.client_ip`), then Cloud Trace's label
 * (cloud.google.com/trace/docs/trace-labels). The old names keep answering in filters and in the API.
 */
export const HTTP_NAME_ALIASES: readonly (readonly [stable: string, ...older: string[]])[] = Object.freeze([
  ['http.request.method', 'http.method', '/http/method'],
  ['http.response.status_code', 'http.status_code', '/http/status_code'],
  ['url.full', 'http.url', '/http/url'],
  ['url.path', 'http.path', '/http/path'],
  ['url.scheme', 'http.scheme', '/http/client_protocol'],
  ['http.route', '/http/route'],
  ['user_agent.original', 'http.user_agent', '/http/user_agent'],
  ['client.address', 'http.client_ip'],
  ['server.address', 'http.host', '/http/host'],
  ['http.request.body.size', 'http.request_content_length', '/http/request/size'],
  ['http.response.body.size', 'http.response_content_length', '/http/response/size'],
]);

const groups = new Map<string, readonly string[]>();
for (const names of HTTP_NAME_ALIASES) {
  for (const name of names) groups.set(name, [name, ...names.filter((other) => other !== name)]);
}

/** All names that answer for an attribute key, the key itself first. */
export function attributeAliases(key: string): readonly string[] {
  return groups.get(key) ?? [key];
}
