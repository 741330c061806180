import { Link } from '@tanstack/react-router';
import type { SpanItem, TraceItem } from '../api/types.ts';
import { sharedUrlState, type UrlState } from '../app/url-state.ts';
import { Icon } from '../design/icon.tsx';
import { ServiceSwatch } from '../design/service-chip.tsx';
import { shownName } from '../design/shown-name.ts';
import { formatCount, formatDuration, formatRecent } from '../time/format.ts';
import { ServiceChips } from './service-chips.tsx';

function DurationBar({ ms, maxMs }: { ms: number; maxMs: number }) {
  return (
    <span className="duration">
      <span className="duration-bar" aria-hidden="true">
        <span style={{ width: `${Math.max(0.5, (ms / Math.max(maxMs, 1e-9)) * 100)}%` }} />
      </span>
      <span className="num">{formatDuration(ms)}</span>
    </span>
  );
}

export interface RowProps<Item> {
  readonly item: Item;
  readonly maxMs: number;
  readonly nowMs: number;
  /** Of the column of services, in pixels. */
  readonly servicesWidth: number;
  readonly compareWith: string | undefined;
  readonly onCompare: (traceId: string | undefined) => void;
}

function CompareButton({
  traceId,
  compareWith,
  onCompare,
}: { traceId: string } & Pick<RowProps<TraceItem>, 'compareWith' | 'onCompare'>) {
  if (compareWith !== undefined && compareWith !== traceId) {
    return (
      <Link
        className="button plain icon row-action"
        to="/compare"
        search={(state: UrlState) => ({ ...sharedUrlState(state), a: compareWith, b: traceId })}
        aria-label="Compare with the chosen trace"
        title="Compare with the chosen trace"
      >
        <Icon name="diff" />
      </Link>
    );
  }
  const chosen = compareWith === traceId;
  return (
    <button
      type="button"
      className="button plain icon row-action"
      aria-pressed={chosen}
      aria-label={chosen ? 'Do not compare this trace' : 'Choose this trace to compare'}
      title={chosen ? 'Do not compare this trace' : 'Choose this trace to compare'}
      onClick={() => onCompare(chosen ? undefined : traceId)}
    >
      <Icon name="diff" />
    </button>
  );
}

export function TraceRow(props: RowProps<TraceItem>) {
  const { item, maxMs, nowMs, servicesWidth, compareWith, onCompare } = props;
  return (
    <>
      <time className="cell-time mono" dateTime={item.start_time} title={item.start_time}>
        {formatRecent(Date.parse(item.start_time), nowMs)}
      </time>
      <span className="cell-name line">
        <ServiceSwatch name={item.root?.service ?? item.services[0]?.name ?? ''} />
        <Link
          className="row-link clip"
          to="/traces/$traceId"
          params={{ traceId: item.trace_id }}
          search={(state: UrlState) => ({ ...sharedUrlState(state), project: item.project_id })}
        >
          {item.root === null ? <em className="muted">No root span received</em> : shownName(item.root.name)}
        </Link>
        <span className="faint clip cell-service">{item.root?.service}</span>
      </span>
      <DurationBar ms={item.duration_ms} maxMs={maxMs} />
      <span className="num cell-spans">{formatCount(item.span_count)}</span>
      <span className={item.error_count > 0 ? 'num bad cell-errors' : 'num faint cell-errors'}>
        {item.error_count > 0 ? formatCount(item.error_count) : '–'}
      </span>
      <ServiceChips services={item.services} width={servicesWidth} />
      <CompareButton traceId={item.trace_id} compareWith={compareWith} onCompare={onCompare} />
    </>
  );
}

export function SpanRow({ item, maxMs, nowMs, compareWith, onCompare }: RowProps<SpanItem>) {
  const status = ['unset', 'ok', 'error'][item.status_code] ?? 'unset';
  return (
    <>
      <time className="cell-time mono" dateTime={item.start_time} title={item.start_time}>
        {formatRecent(Date.parse(item.start_time), nowMs)}
      </time>
      <span className="cell-name line">
        <ServiceSwatch name={item.service} />
        <Link
          className="row-link clip"
          to="/traces/$traceId"
          params={{ traceId: item.trace_id }}
          search={(state: UrlState) => ({
            ...sharedUrlState(state),
            project: item.project_id,
            span: item.span_id,
          })}
        >
          {shownName(item.name)}
        </Link>
        <span className="faint clip cell-service">{item.service}</span>
      </span>
      <DurationBar ms={item.duration_ms} maxMs={maxMs} />
      <span className="cell-spans faint">{item.kind}</span>
      <span className={status === 'error' ? 'bad cell-errors num' : 'faint cell-errors num'}>{status}</span>
      <span className="cell-services mono faint">{item.trace_id}</span>
      <CompareButton traceId={item.trace_id} compareWith={compareWith} onCompare={onCompare} />
    </>
  );
}
