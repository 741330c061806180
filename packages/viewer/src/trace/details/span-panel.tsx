import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { SpanDetail } from '../../api/types.ts';
import { linkTo, type UrlState, useUrlState } from '../../app/url-state.ts';
import { CopyButton } from '../../design/copy-button.tsx';
import { Icon } from '../../design/icon.tsx';
import { ScrollingText } from '../../design/scrolling-text.tsx';
import { ServiceChip } from '../../design/service-chip.tsx';
import { shownName } from '../../design/shown-name.ts';
import { Empty, Failure, Loading } from '../../design/states.tsx';
import { formatDuration } from '../../time/format.ts';
import { absoluteText, resolveRange } from '../../time/range.ts';
import type { TraceDocument } from '../trace-document.ts';
import { AttributeTable } from './attribute-table.tsx';
import { Events, millisecondsBetween } from './events.tsx';
import { LogLink } from './log-link.tsx';

const statusNames = ['unset', 'ok', 'error'];
const maxRawLength = 200_000;

/** Facts about the span that come from the trace around it. */
export interface SpanFacts {
  readonly selfMs: number | null;
  readonly criticalMs: number | null;
  readonly childCount: number;
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Facts({
  span,
  document,
  facts,
}: {
  span: SpanDetail;
  document: TraceDocument;
  facts: SpanFacts | null;
}) {
  const durationMs = millisecondsBetween(span.start_time, span.end_time);
  const traceStart = Number(document.outline.startUnixNano / 1000n) / 1000;
  return (
    <dl className="facts">
      <Fact name="Duration">
        <b>{formatDuration(durationMs)}</b>
      </Fact>
      <Fact name="Starts at">+{formatDuration(Math.max(0, Date.parse(span.start_time) - traceStart))}</Fact>
      {facts?.selfMs != null && <Fact name="Self time">{formatDuration(facts.selfMs)}</Fact>}
      {facts?.criticalMs != null && facts.criticalMs > 0 && (
        <Fact name="On critical path">{formatDuration(facts.criticalMs)}</Fact>
      )}
      <Fact name="Kind">{span.kind ?? 'unspecified'}</Fact>
      <Fact name="Status">
        <span className={span.status.code === 2 ? 'bad' : ''}>
          {statusNames[span.status.code] ?? 'unset'}
        </span>
      </Fact>
      {facts !== null && <Fact name="Children">{facts.childCount}</Fact>}
    </dl>
  );
}

function Links({ span }: { span: SpanDetail }) {
  const links = span.links ?? [];
  if (links.length === 0) return null;
  return (
    <details className="section" open>
      <summary>
        Links <span className="faint">{links.length}</span>
      </summary>
      <ul className="links">
        {links.slice(0, 200).map((link) => (
          <li key={`${link.trace_id}${link.span_id}`} className="line">
            <Icon name="link" />
            <Link
              className="mono clip"
              to="/traces/$traceId"
              params={{ traceId: link.trace_id }}
              search={(state: UrlState) => ({
                ...(state.project && { project: state.project }),
                span: link.span_id,
              })}
            >
              {link.trace_id} / {link.span_id}
            </Link>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Written out only once it is opened: it may be megabytes. */
function RawJson({ span }: { span: SpanDetail }) {
  const [open, setOpen] = useState(false);
  const text = () => JSON.stringify(span, null, 2);
  return (
    <details className="section" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Raw JSON</summary>
      {open && (
        <div className="stack-box">
          <ScrollingText>{text().slice(0, maxRawLength)}</ScrollingText>
          <CopyButton text={text} what="the span as JSON" />
        </div>
      )}
    </details>
  );
}

/** The address of Explore with this filter, in a range that has the trace in it. */
function useSearchFor(document: TraceDocument): ((filter: string) => UrlState) | undefined {
  const [state] = useUrlState();
  if (!document.live) return undefined;
  const startMs = Number(document.outline.startUnixNano / 1_000_000n);
  const { from, to, project } = state;
  const range = resolveRange({ ...(from && { from }), ...(to && { to }) }, Date.now());
  const inside = startMs >= range.startMs && startMs <= range.endMs;
  const around = absoluteText({ startMs: startMs - 18e5, endMs: startMs + 18e5 });
  return (q) => ({
    ...(inside ? { ...(from && { from }), ...(to && { to }) } : around),
    ...(project && { project }),
    q,
  });
}

interface SpanPanelProps {
  readonly document: TraceDocument;
  readonly spanId: string;
  readonly facts: SpanFacts | null;
  readonly onClose: () => void;
}

export function SpanPanel({ document, spanId, facts, onClose }: SpanPanelProps) {
  const searchFor = useSearchFor(document);
  const [{ project }] = useUrlState();
  const answer = useQuery({
    queryKey: ['span', document.key, spanId],
    queryFn: ({ signal }) => document.loadSpan(spanId, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const span = answer.data ?? null;
  const service = span?.resource?.attributes['service.name'];
  return (
    <aside className="span-panel" aria-label="Span details">
      <header className="span-head">
        <div className="line">
          <h2
            className="span-name"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by key
            tabIndex={0}
          >
            {span === null ? 'Span' : shownName(span.name)}
          </h2>
          <span className="spread" />
          <button
            type="button"
            className="button plain icon"
            aria-label="Close the details"
            onClick={onClose}
          >
            <Icon name="close" />
          </button>
        </div>
        <div className="line wrap">
          {typeof service === 'string' && <ServiceChip name={service} />}
          <code className="faint">{spanId}</code>
          <CopyButton text={spanId} what="the span id" />
          {document.live && (
            <CopyButton
              icon="link"
              text={() => linkTo(document.outline.traceId, { span: spanId, project })}
              what="a link to this span"
            />
          )}
        </div>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by key */}
      <section className="span-body scroll" tabIndex={0} aria-label="Span">
        {answer.isPending && <Loading what="the span" />}
        {answer.isError && (
          <Failure error={answer.error} what="the span" retry={() => void answer.refetch()} />
        )}
        {answer.isSuccess && span === null && (
          <Empty title="This span is not in the trace">
            <p>It may not have arrived yet. Refresh the trace.</p>
          </Empty>
        )}
        {span !== null && (
          <>
            <Facts span={span} document={document} facts={facts} />
            {span.status.message !== '' && <p className="notice bad-notice">{span.status.message}</p>}
            <div className="line wrap span-actions">
              <LogLink span={span} traceId={document.outline.traceId} />
            </div>
            <AttributeTable
              title="Attributes"
              attributes={span.attributes}
              {...(searchFor && { searchFor })}
            />
            <Events span={span} />
            <Links span={span} />
            <AttributeTable
              title="Resource"
              attributes={span.resource?.attributes ?? {}}
              {...(searchFor && { searchFor })}
            />
            {span.scope !== undefined && span.scope.name !== '' && (
              <p className="scope-line faint">
                Recorded by {span.scope.name} {span.scope.version}
              </p>
            )}
            <RawJson span={span} />
          </>
        )}
      </section>
    </aside>
  );
}
