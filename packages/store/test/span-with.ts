import type { Span } from '@utxoiq/model';

/** A plain span with some fields given. */
export function spanWith(fields: Partial<Span> & Pick<Span, 'traceId' | 'startUnixNano'>): Span {
  return {
    projectId: 'p1',
    spanId: '00000000000000aa',
    parentSpanId: null,
    traceState: '',
    flags: 1,
    name: 'op',
    kind: 2,
    endUnixNano: fields.startUnixNano + 1_000_000n,
    attributes: new Map(),
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: { code: 0, message: '' },
    resource: { attributes: new Map([['service.name', 's']]), droppedAttributesCount: 0, schemaUrl: '' },
    scope: { name: '', version: '', attributes: new Map(), droppedAttributesCount: 0, schemaUrl: '' },
    ...fields,
  };
}
