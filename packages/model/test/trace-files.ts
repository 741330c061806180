/** Files as other systems write them, shortened; used by the importers' tests. */
export const jaegerFile = {
  data: [
    {
      traceID: '5b8efff798038103d269b633813fc60c',
      spans: [
        {
          traceID: '5b8efff798038103d269b633813fc60c',
          spanID: 'eee19b7ec3c1b174',
          flags: 1,
          operationName: 'GET /dispatch',
          references: [],
          startTime: 1700000000000123,
          duration: 1500,
          tags: [
            { key: 'span.kind', type: 'string', value: 'server' },
            { key: 'http.status_code', type: 'int64', value: 500 },
            { key: 'ratio', type: 'float64', value: 2 },
            { key: 'error', type: 'bool', value: true },
            { key: 'otel.status_description', type: 'string', value: 'boom' },
            { key: 'otel.scope.name', type: 'string', value: 'http' },
            { key: 'big', type: 'int64', value: '9007199254740993' },
            { key: 'blob', type: 'binary', value: 'AQI=' },
            { key: 'w3c.tracestate', type: 'string', value: 'a=b' },
          ],
          logs: [
            {
              timestamp: 1700000000000500,
              fields: [
                { key: 'event', type: 'string', value: 'retry' },
                { key: 'count', type: 'int64', value: 2 },
              ],
            },
          ],
          processID: 'p1',
          warnings: null,
        },
        {
          traceID: '5b8efff798038103d269b633813fc60c',
          spanID: '1b174',
          operationName: 'select',
          references: [
            { refType: 'FOLLOWS_FROM', traceID: 'ff', spanID: 'aa' },
            { refType: 'CHILD_OF', traceID: '5b8efff798038103d269b633813fc60c', spanID: 'eee19b7ec3c1b174' },
          ],
          startTime: 1700000000000200,
          duration: 100,
          tags: [],
          logs: [],
          processID: 'p2',
        },
        { traceID: 'x', spanID: '1', operationName: 'bad', startTime: 1, duration: 1, processID: 'p1' },
      ],
      processes: {
        p1: { serviceName: 'frontend', tags: [{ key: 'host.name', type: 'string', value: 'h1' }] },
        p2: { serviceName: 'db', tags: [] },
      },
      warnings: null,
    },
  ],
  total: 0,
  limit: 0,
  offset: 0,
  errors: null,
};

export const zipkinFile = [
  {
    traceId: 'd269b633813fc60c',
    id: 'eee19b7ec3c1b174',
    name: 'get /api',
    kind: 'CLIENT',
    timestamp: 1700000000000123,
    duration: 1500,
    localEndpoint: { serviceName: 'frontend', ipv4: '10.0.0.1', port: 8080 },
    remoteEndpoint: { serviceName: 'backend', ipv6: '::1' },
    annotations: [{ timestamp: 1700000000000200, value: 'wire.send' }],
    tags: { 'http.method': 'GET', error: 'timed out' },
  },
  {
    traceId: 'd269b633813fc60c',
    parentId: '1234',
    id: 'eee19b7ec3c1b174',
    kind: 'SERVER',
    timestamp: 1700000000000300,
    duration: 10,
    localEndpoint: { serviceName: 'backend' },
    shared: true,
  },
  { traceId: 'd269b633813fc60c', id: '2', name: 'unfinished' },
];

export const cloudTraceFile = {
  projectId: 'utxoiq-prod',
  traceId: '5b8efff798038103d269b633813fc60c',
  spans: [
    {
      spanId: '2205310701640571284',
      kind: 'RPC_SERVER',
      name: '/insights',
      startTime: '2023-11-14T22:13:20.000123Z',
      endTime: '2023-11-14T22:13:21Z',
      labels: { '/http/method': 'GET', '/http/status_code': '500', 'service.name': 'web-api' },
    },
    {
      spanId: '74',
      parentSpanId: '2205310701640571284',
      name: 'features',
      startTime: '2023-11-14T22:13:20.1Z',
      endTime: '2023-11-14T22:13:20.2Z',
    },
  ],
};

export const apiFile = {
  trace_id: '5b8efff798038103d269b633813fc60c',
  project_id: 'p1',
  span_count: 1,
  spans: [
    {
      span_id: 'eee19b7ec3c1b174',
      name: 'GET /insights',
      start_time: '2023-11-14T22:13:20.000000123Z',
      end_time: '2023-11-14T22:13:21Z',
      duration_ms: 999.999877,
      parent_span_id: null,
      kind: 'server',
      service: 'web',
      attributes: { a: 1, b: 2, 'http.route': '/insights' },
      attribute_types: { b: 'double' },
      status: { code: 2, message: 'boom' },
      events: [
        {
          name: 'e',
          time: '2023-11-14T22:13:20.5Z',
          attributes: { n: null },
          attribute_types: { n: 'empty' },
        },
      ],
      links: [
        { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16), trace_state: '', flags: 1, attributes: {} },
      ],
      resource: { attributes: { 'service.name': 'web' }, dropped_attributes_count: 0, schema_url: 'r' },
      scope: { name: 'lib', version: '1', attributes: {}, dropped_attributes_count: 0, schema_url: 's' },
      trace_state: 'x=y',
      flags: 257,
      project_id: 'p1',
      dropped_attributes_count: 3,
    },
    { span_id: 'eee19b7ec3c1b175', start_time: 'yesterday' },
  ],
};

export const otlpFile = {
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'web' } }] },
      scopeSpans: [
        {
          scope: { name: 'lib' },
          spans: [
            {
              traceId: '5b8efff798038103d269b633813fc60c',
              spanId: 'eee19b7ec3c1b174',
              name: 'I',
              startTimeUnixNano: '1700000000000000001',
              endTimeUnixNano: '1700000000000000002',
            },
          ],
        },
      ],
    },
  ],
};
