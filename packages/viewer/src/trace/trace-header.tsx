import { Link, useRouter } from '@tanstack/react-router';
import { outlineIsError } from '@utxoiq/model';
import { memo, useMemo } from 'react';
import { linkTo, parseUrlState, sharedUrlState, type UrlState } from '../app/url-state.ts';
import { CopyButton } from '../design/copy-button.tsx';
import { Icon } from '../design/icon.tsx';
import { ServiceSwatch } from '../design/service-chip.tsx';
import { rowName } from '../design/shown-name.ts';
import { formatCount, formatDateTime, formatDuration, formatShare } from '../time/format.ts';
import { longestHoldUp } from './analysis.ts';
import { ExportMenu } from './export-menu.tsx';
import type { PictureSource } from './picture.ts';
import type { TraceDocument } from './trace-document.ts';
import type { Analysis, LateAnalysis } from './use-analysis.ts';

function countErrors({ outline }: Analysis): number {
  let count = 0;
  for (const flags of outline.flags) if (outlineIsError(flags)) count += 1;
  return count;
}

function maxDepth({ tree }: Analysis): number {
  let depth = 0;
  for (const one of tree.depths) if (one > depth) depth = one;
  return depth + 1;
}

interface TraceHeaderProps {
  readonly document: TraceDocument;
  readonly analysis: Analysis;
  readonly late: LateAnalysis | null;
  readonly onSelect: (row: number, how: 'jump') => void;
  readonly picture: PictureSource;
}

/** What a person on call asks first: where did the time go? */
function HoldUp({ analysis, late, onSelect }: Omit<TraceHeaderProps, 'document' | 'picture'>) {
  const { outline, tree, durationNanos } = analysis;
  const most = useMemo(() => (late === null ? null : longestHoldUp(late.critical)), [late]);
  if (most === null || most.row < 0) return null;
  const rootNanos = outline.durationNanos[tree.rootRow] ?? 0;
  return (
    <div className="hold-up">
      <dt>Held up most by</dt>
      <dd className="line">
        <button type="button" className="link-button clip" onClick={() => onSelect(most.row, 'jump')}>
          {rowName(outline, most.row)}
        </button>
        {formatDuration(most.nanos / 1e6)}
        <span className="faint">
          {formatShare(most.nanos / Math.max(1, rootNanos))}
          {rootNanos < durationNanos * 0.9 && ` of ${formatDuration(rootNanos / 1e6)}`}
        </span>
      </dd>
    </div>
  );
}

/** Does not follow the zoom: it says nothing about the window. */
export const TraceHeader = memo(function TraceHeader({
  document,
  analysis,
  late,
  onSelect,
  picture,
}: TraceHeaderProps) {
  const { outline, tree, durationNanos } = analysis;
  const router = useRouter();
  const errors = useMemo(() => countErrors(analysis), [analysis]);
  const depth = useMemo(() => maxDepth(analysis), [analysis]);
  const root = tree.rootRow;
  const hasRoot = root >= 0 && outline.parentSpanIds[root] === 0n;
  const service = outline.services[outline.serviceIndexes[root] ?? 0] ?? '';
  const startMs = Number(outline.startUnixNano / 1_000_000n);
  return (
    <header className="trace-head">
      <div className="line trace-title">
        {document.live && (
          <button
            type="button"
            className="button plain icon"
            aria-label="Back"
            title="Back"
            onClick={() =>
              router.history.canGoBack() ? router.history.back() : void router.navigate({ to: '/' })
            }
          >
            <Icon name="left" />
          </button>
        )}
        <ServiceSwatch name={service} />
        <h1 className="clip">
          <bdi>{rowName(outline, root)}</bdi>
          {!hasRoot && <em className="muted"> (no root span received)</em>}
        </h1>
        <span className="muted clip wide-only">{service}</span>
        <code className="faint trace-id">{outline.traceId}</code>
        <CopyButton text={outline.traceId} what="the trace id" />
        {document.live && (
          <CopyButton
            icon="link"
            text={() => linkTo(outline.traceId, { project: parseUrlState(location.search).project })}
            what="a link to this trace"
          />
        )}
        <span className="spread" />
        {document.live && (
          <Link
            className="button"
            to="/compare"
            search={(state: UrlState) => ({ ...sharedUrlState(state), a: outline.traceId })}
          >
            <Icon name="diff" /> Compare
          </Link>
        )}
        <ExportMenu document={document} picture={picture} />
      </div>
      <dl className="trace-facts">
        <div>
          <dt>Duration</dt>
          <dd>{formatDuration(durationNanos / 1e6)}</dd>
        </div>
        <div>
          <dt>Start</dt>
          <dd>{formatDateTime(startMs)}</dd>
        </div>
        <div>
          <dt>Spans</dt>
          <dd>{formatCount(outline.size)}</dd>
        </div>
        <div>
          <dt>Errors</dt>
          <dd className={errors > 0 ? 'bad' : ''}>{formatCount(errors)}</dd>
        </div>
        <div>
          <dt>Services</dt>
          <dd>{outline.services.length}</dd>
        </div>
        <div>
          <dt>Depth</dt>
          <dd>{depth}</dd>
        </div>
        <HoldUp analysis={analysis} late={late} onSelect={onSelect} />
      </dl>
    </header>
  );
});
