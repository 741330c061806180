import { fixed64Field, lengthField, projectAttribute, textField } from './wire-arbitraries.ts';

export const TRACE_ID = Buffer.from('0af7651916cd43dd8448eb211c80319c', 'hex');
export const SPAN_ID = Buffer.from('b7ad6b7169203331', 'hex');

/** A span's fields: good ids and times, then what is given. */
export const spanFields = (...fields: Buffer[]): Buffer =>
  Buffer.concat([
    lengthField(1, TRACE_ID),
    lengthField(2, SPAN_ID),
    fixed64Field(7, 1_700_000_000_000_000_000n),
    fixed64Field(8, 1_700_000_000_000_001_000n),
    ...fields,
  ]);

export const keyValue = (key: string, anyValue: Buffer): Buffer =>
  Buffer.concat([textField(1, key), lengthField(2, anyValue)]);

/** A request of the spans, under one resource and scope. */
export function requestOf(spans: readonly Buffer[], project?: string): Buffer {
  const resource = project === undefined ? Buffer.alloc(0) : projectAttribute(project);
  const scopeSpans = Buffer.concat(spans.map((span) => lengthField(2, span)));
  return lengthField(
    1,
    Buffer.concat([resource.length > 0 ? lengthField(1, resource) : resource, lengthField(2, scopeSpans)]),
  );
}

/** A request of so many spans whose span ids count up from `first`. */
export function numberedRequest(count: number, first = 1): Buffer {
  const spans = Array.from({ length: count }, (_, index) => {
    const id = Buffer.alloc(8);
    id.writeBigUInt64BE(BigInt(first + index));
    return spanFields(lengthField(2, id), textField(5, `span ${first + index}`));
  });
  return requestOf(spans);
}
