import type { Span, SpanEvent, SpanLink } from '@utxoiq/model';
import { entriesFromJson, entriesToJson, type KeyValueJson } from './any-value-text.ts';
import type { SpanRow } from './span-row.ts';

/** What few spans have and no filter asks for. */
export type SpanDetails = Pick<
  Span,
  'traceState' | 'droppedAttributesCount' | 'droppedEventsCount' | 'droppedLinksCount' | 'events' | 'links'
>;

/** Of all fields, those that are not empty; migrations/0002 writes the same text in SQL. */
interface DetailsJson {
  readonly traceState?: string;
  readonly droppedAttributes?: number;
  readonly droppedEvents?: number;
  readonly droppedLinks?: number;
  readonly events?: readonly EventJson[];
  readonly links?: readonly LinkJson[];
}

interface EventJson {
  /** Nanoseconds since 1970 in decimals: JSON's numbers do not hold them. */
  readonly time: string;
  readonly name: string;
  readonly attributes: readonly KeyValueJson[];
  readonly dropped: number;
}

interface LinkJson {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly attributes: readonly KeyValueJson[];
  readonly dropped: number;
  readonly flags: number;
}

const NONE: SpanDetails = {
  traceState: '',
  droppedAttributesCount: 0,
  droppedEventsCount: 0,
  droppedLinksCount: 0,
  events: [],
  links: [],
};

/** JSON, or '' for a span without any of it. */
export function spanDetailsToText(span: SpanDetails | SpanRow): string {
  if (isPlain(span)) return '';
  const { traceState, droppedAttributesCount, droppedEventsCount, droppedLinksCount, events, links } = span;
  return JSON.stringify({
    ...(traceState !== '' && { traceState }),
    ...(droppedAttributesCount > 0 && { droppedAttributes: droppedAttributesCount }),
    ...(droppedEventsCount > 0 && { droppedEvents: droppedEventsCount }),
    ...(droppedLinksCount > 0 && { droppedLinks: droppedLinksCount }),
    ...(events.length > 0 && { events: events.map(eventToJson) }),
    ...(links.length > 0 && { links: links.map(linkToJson) }),
  } satisfies DetailsJson);
}

export function spanDetailsFromText(text: string): SpanDetails {
  if (text === '') return NONE;
  const json = JSON.parse(text) as DetailsJson;
  return {
    traceState: json.traceState ?? '',
    droppedAttributesCount: json.droppedAttributes ?? 0,
    droppedEventsCount: json.droppedEvents ?? 0,
    droppedLinksCount: json.droppedLinks ?? 0,
    events: (json.events ?? []).map(eventFromJson),
    links: (json.links ?? []).map(linkFromJson),
  };
}

const isPlain = (span: SpanDetails | SpanRow): boolean =>
  span.traceState === '' &&
  span.events.length === 0 &&
  span.links.length === 0 &&
  span.droppedAttributesCount === 0 &&
  span.droppedEventsCount === 0 &&
  span.droppedLinksCount === 0;

const eventToJson = (event: SpanEvent): EventJson => ({
  time: event.timeUnixNano.toString(),
  name: event.name,
  attributes: entriesToJson(event.attributes),
  dropped: event.droppedAttributesCount,
});

const eventFromJson = ({ time, name, attributes, dropped }: EventJson): SpanEvent => ({
  timeUnixNano: BigInt(time),
  name,
  attributes: entriesFromJson(attributes),
  droppedAttributesCount: dropped,
});

const linkToJson = (link: SpanLink): LinkJson => ({
  traceId: link.traceId,
  spanId: link.spanId,
  traceState: link.traceState,
  attributes: entriesToJson(link.attributes),
  dropped: link.droppedAttributesCount,
  flags: link.flags,
});

const linkFromJson = ({ attributes, dropped, ...link }: LinkJson): SpanLink => ({
  ...link,
  attributes: entriesFromJson(attributes),
  droppedAttributesCount: dropped,
});
