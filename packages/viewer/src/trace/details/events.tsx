import { parseTimestamp } from '@utxoiq/model';
import type { SpanDetail } from '../../api/types.ts';
import { CopyButton } from '../../design/copy-button.tsx';
import { ScrollingText } from '../../design/scrolling-text.tsx';
import { formatDuration } from '../../time/format.ts';
import { AttributeText } from './attribute-value.tsx';

type Event = NonNullable<SpanDetail['events']>[number];

/** Milliseconds from one RFC 3339 time to another, exact to the nanosecond. */
export function millisecondsBetween(from: string, to: string): number {
  const start = parseTimestamp(from);
  const end = parseTimestamp(to);
  return start === null || end === null ? Number.NaN : Number(end - start) / 1e6;
}

function Exception({ event }: { event: Event }) {
  const { attributes } = event;
  const stack = attributes['exception.stacktrace'];
  const message = attributes['exception.message'];
  return (
    <>
      <p className="bad">
        <b>{String(attributes['exception.type'] ?? 'Exception')}</b>
        {message !== undefined && message !== null && (
          <>
            {': '}
            <AttributeText value={message} />
          </>
        )}
      </p>
      {typeof stack === 'string' && (
        <div className="stack-box">
          <ScrollingText>{stack.slice(0, 100_000)}</ScrollingText>
          <CopyButton text={stack} what="the stack" />
        </div>
      )}
    </>
  );
}

export function Events({ span }: { span: SpanDetail }) {
  const events = span.events ?? [];
  if (events.length === 0) return null;
  const durationMs = millisecondsBetween(span.start_time, span.end_time);
  return (
    <details className="section" open>
      <summary>
        Events <span className="faint">{events.length}</span>
      </summary>
      <ol className="events">
        {events.slice(0, 500).map((event, index) => {
          const atMs =
            event.time === undefined ? Number.NaN : millisecondsBetween(span.start_time, event.time);
          const share = durationMs > 0 ? Math.min(1, Math.max(0, atMs / durationMs)) : 0;
          const isException = event.name === 'exception';
          const rest = Object.entries(event.attributes).filter(
            ([key]) =>
              !isException || !['exception.type', 'exception.message', 'exception.stacktrace'].includes(key),
          );
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: events have no identity but their place
            <li key={index}>
              <div className="line">
                <b>{event.name}</b>
                <span className="spread" />
                <time className="faint mono" dateTime={event.time}>
                  +{formatDuration(atMs)}
                </time>
              </div>
              <div className="event-track" aria-hidden="true">
                <span style={{ left: `${share * 100}%` }} />
              </div>
              {isException && <Exception event={event} />}
              {rest.length > 0 && (
                <dl className="attributes attributes-inner">
                  {rest.map(([key, value]) => (
                    <div key={key}>
                      <dt className="mono">{key}</dt>
                      <dd className="mono">
                        <AttributeText value={value} />
                      </dd>
                    </div>
                  ))}
                </dl>
              )}
            </li>
          );
        })}
      </ol>
      {events.length > 500 && (
        <p className="faint">The first 500 of {events.length} events; the raw JSON has all.</p>
      )}
    </details>
  );
}
