/** What is asked about: a project's spans, and the id of one of its traces and of one of its alert rules. */
export interface Target {
  readonly project: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly ruleId: string;
  readonly start: string;
  readonly end: string;
}

export interface RouteRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly payload?: object;
}

/** `open`: tells nothing of spans. `reads`: shows the target to who may see it. `guarded`: changes it, or answers for one project. */
export type RouteKind = 'open' | 'reads' | 'guarded';
export type AskedRoute = readonly [kind: RouteKind, request: RouteRequest];

const get = (url: string): RouteRequest => ({ method: 'GET', url });
const mcpCall = (name: string, args: object): RouteRequest => ({
  method: 'POST',
  url: '/mcp',
  payload: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } },
});

/** A request, or several, for every operation of the OpenAPI document: what is not here fails the test of projects. */
export function everyRoute(target: Target): Readonly<Record<string, readonly AskedRoute[]>> {
  const { project, traceId, spanId, ruleId, start, end } = target;
  const range = `start_time=${start}&end_time=${end}`;
  const monitoring = '/api/v1/monitoring';
  const trace = `${monitoring}/traces/${traceId}`;
  const rules = '/api/v1/alerts/rules';
  const rule = { name: `of ${project}`, signal: 'error_rate', threshold: 5, group_by: 'service' };
  /** Over all projects that the caller has, and over the target's by name. */
  const ranged = (path: string, more = ''): AskedRoute[] => [
    ['reads', get(`${monitoring}/${path}?${range}${more}`)],
    ['reads', get(`${monitoring}/${path}?${range}${more}&project=${project}`)],
  ];
  const selection = { start_time: start, end_time: end, filter_str: 'span:nothing' };
  return {
    'GET /api/v1/session': [['reads', get('/api/v1/session')]],
    'POST /api/v1/session': [['open', { method: 'POST', url: '/api/v1/session', payload: { token: 'x' } }]],
    'DELETE /api/v1/session': [['open', { method: 'DELETE', url: '/api/v1/session' }]],
    'GET /api/v1/session/config': [['open', get('/api/v1/session/config')]],
    'GET /api/v1/insights': [['open', get('/api/v1/insights?height=-1')]],
    'GET /api/v1/alerts': [['reads', get('/api/v1/alerts')]],
    'GET /api/v1/alerts/history': [['reads', get('/api/v1/alerts/history')]],
    'POST /api/v1/alerts/preview': [
      ['reads', { method: 'POST', url: '/api/v1/alerts/preview', payload: rule }],
      ['reads', { method: 'POST', url: '/api/v1/alerts/preview', payload: { ...rule, projects: [project] } }],
    ],
    'POST /api/v1/alerts/notifications/test': [
      ['open', { method: 'POST', url: '/api/v1/alerts/notifications/test' }],
    ],
    'GET /api/v1/alerts/rules': [['reads', get(rules)]],
    'POST /api/v1/alerts/rules': [
      ['guarded', { method: 'POST', url: rules, payload: { ...rule, projects: [project] } }],
    ],
    'GET /api/v1/alerts/rules/{id}': [['reads', get(`${rules}/${ruleId}`)]],
    'PUT /api/v1/alerts/rules/{id}': [
      ['guarded', { method: 'PUT', url: `${rules}/${ruleId}`, payload: rule }],
    ],
    'DELETE /api/v1/alerts/rules/{id}': [['guarded', { method: 'DELETE', url: `${rules}/${ruleId}` }]],
    'POST /api/v1/alerts/rules/{id}/silence': [
      ['guarded', { method: 'POST', url: `${rules}/${ruleId}/silence`, payload: { minutes: 1 } }],
    ],
    'DELETE /api/v1/alerts/rules/{id}/silence': [
      ['guarded', { method: 'DELETE', url: `${rules}/${ruleId}/silence` }],
    ],
    'GET /api/v1/monitoring/traces': ranged('traces'),
    'GET /api/v1/monitoring/traces/{trace_id}': [
      ['reads', get(trace)],
      ['reads', get(`${trace}?format=otlp`)],
      ['reads', get(`${trace}?project=${project}`)],
    ],
    'DELETE /api/v1/monitoring/traces/{trace_id}': [
      ['guarded', { method: 'DELETE', url: trace }],
      ['guarded', { method: 'DELETE', url: `${trace}?project=${project}` }],
    ],
    'GET /api/v1/monitoring/traces/{trace_id}/outline': [['reads', get(`${trace}/outline`)]],
    'GET /api/v1/monitoring/traces/{trace_id}/spans': [['reads', get(`${trace}/spans?span_id=${spanId}`)]],
    'GET /api/v1/monitoring/spans': ranged('spans'),
    'GET /api/v1/monitoring/services': ranged('services'),
    'GET /api/v1/monitoring/operations': ranged('operations'),
    'GET /api/v1/monitoring/dependencies': ranged('dependencies'),
    'GET /api/v1/monitoring/attributes': ranged('attributes'),
    'GET /api/v1/monitoring/attributes/values': ranged('attributes/values', '&key=secret.key'),
    'GET /api/v1/monitoring/timeseries': ranged('timeseries', '&group_by=service'),
    'GET /api/v1/monitoring/heatmap': ranged('heatmap'),
    'GET /api/v1/monitoring/facets': ranged('facets', '&key=secret.key'),
    'POST /api/v1/monitoring/compare': [
      [
        'reads',
        {
          method: 'POST',
          url: `${monitoring}/compare`,
          payload: { start_time: start, end_time: end, selection: { ...selection, filter_str: '' } },
        },
      ],
    ],
    'PATCH /v1/projects/{project}/traces': [
      ['guarded', { method: 'PATCH', url: `/v1/projects/${project}/traces`, payload: {} }],
    ],
    'GET /v1/projects/{project}/traces': [['reads', get(`/v1/projects/${project}/traces?view=COMPLETE`)]],
    'GET /v1/projects/{project}/traces/{trace}': [
      ['reads', get(`/v1/projects/${project}/traces/${traceId}`)],
    ],
    'POST /v2/projects/{project}/traces:batchWrite': [
      ['guarded', { method: 'POST', url: `/v2/projects/${project}/traces:batchWrite`, payload: {} }],
    ],
    'POST /v2/projects/{project}/traces/{trace}/spans/{span}': [
      [
        'guarded',
        { method: 'POST', url: `/v2/projects/${project}/traces/${traceId}/spans/${spanId}`, payload: {} },
      ],
    ],
    'POST /mcp': [
      ['reads', mcpCall('list_traces', { projectId: project, view: 'COMPLETE' })],
      ['reads', mcpCall('get_trace', { projectId: project, traceId })],
    ],
  };
}
