const projectId = { type: 'string', description: 'The Google Cloud project ID.' };
const readOnly = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };

/** Names and parameters of Google's server (cloud.google.com/trace/docs/reference/mcp/mcp). */
export const MCP_TOOLS = [
  {
    name: 'list_traces',
    description:
      'Lists traces of a project that match a filter. Filter terms are separated by spaces and all must hold: root:NAME_PREFIX, span:NAME_PREFIX, latency:500ms (at least), label:KEY, KEY:VALUE_PREFIX, method:, url:; + before a term means the whole value, ^ means the root span.',
    inputSchema: {
      type: 'object',
      properties: {
        projectId,
        view: {
          type: 'string',
          enum: ['VIEW_TYPE_UNSPECIFIED', 'MINIMAL', 'ROOTSPAN', 'COMPLETE'],
          description: 'MINIMAL: ids only (default). ROOTSPAN: root spans too. COMPLETE: all spans.',
        },
        pageSize: {
          type: 'integer',
          description: 'How many traces; default 50, at most 1000 (COMPLETE: 100).',
        },
        pageToken: { type: 'string', description: 'nextPageToken of the page before.' },
        startTime: {
          type: 'string',
          format: 'date-time',
          description: 'First instant, inclusive (RFC 3339).',
        },
        endTime: { type: 'string', format: 'date-time', description: 'Last instant, inclusive (RFC 3339).' },
        filter: { type: 'string', description: 'In the Cloud Trace filter language.' },
        orderBy: {
          type: 'string',
          description: 'trace_id, name, duration or start, with " desc" after it for descending order.',
        },
      },
      required: ['projectId'],
    },
    annotations: { title: 'List traces', ...readOnly },
  },
  {
    name: 'get_trace',
    description: 'Gets one trace with all its spans and labels.',
    inputSchema: {
      type: 'object',
      properties: { projectId, traceId: { type: 'string', description: '32 hexadecimal digits.' } },
      required: ['projectId', 'traceId'],
    },
    annotations: { title: 'Get trace', ...readOnly },
  },
] as const;
