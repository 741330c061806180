import { useVirtualizer } from '@tanstack/react-virtual';
import type { DiffNode, DiffSide, DiffStatus, TraceDiff } from '@utxoiq/model';
import { useMemo, useState } from 'react';
import { useUrlState } from '../app/url-state.ts';
import { ServiceSwatch } from '../design/service-chip.tsx';
import { shownName } from '../design/shown-name.ts';
import { Empty } from '../design/states.tsx';
import { formatCount, formatDuration } from '../time/format.ts';

const statusWords: Readonly<Record<DiffStatus, string>> = {
  added: 'only in B',
  removed: 'only in A',
  more: 'more in B',
  fewer: 'fewer in B',
  same: '',
};

/** Rows that differ by less are the same to a reader. */
function isDifferent(node: DiffNode): boolean {
  const larger = Math.max(node.left.totalNanos, node.right.totalNanos, 1);
  return (
    node.status !== 'same' || (Math.abs(node.deltaNanos) > larger * 0.1 && Math.abs(node.deltaNanos) > 50_000)
  );
}

function Time({ side, max, kind }: { side: DiffSide; max: number; kind: 'a' | 'b' }) {
  return (
    <span className={`diff-time diff-${kind}`}>
      <span className="share-track" aria-hidden="true">
        <span style={{ width: `${(side.totalNanos / max) * 100}%` }} />
      </span>
      <span className="num">{side.count === 0 ? '–' : formatDuration(side.totalNanos / 1e6)}</span>
    </span>
  );
}

function Row({ node, max, flat }: { node: DiffNode; max: number; flat: boolean }) {
  const delta = node.deltaNanos;
  return (
    <>
      <td>
        <span className="line" style={{ paddingLeft: flat ? 0 : Math.min(node.depth, 24) * 14 }}>
          <ServiceSwatch name={node.service} />
          <span className={node.left.errors + node.right.errors > 0 ? 'clip bad' : 'clip'} title={node.name}>
            {shownName(node.name)}
          </span>
          <span className="faint clip diff-service">{node.service}</span>
        </span>
      </td>
      <td className={`diff-status diff-status-${node.status}`}>{statusWords[node.status]}</td>
      <td className="num">
        {node.left.count === node.right.count
          ? formatCount(node.left.count)
          : `${formatCount(node.left.count)} → ${formatCount(node.right.count)}`}
      </td>
      <td className="diff-times">
        <Time side={node.left} max={max} kind="a" />
        <Time side={node.right} max={max} kind="b" />
      </td>
      <td className={Math.abs(delta) < 1000 ? 'num faint' : delta > 0 ? 'num slower' : 'num faster'}>
        {delta > 0 ? '+' : ''}
        {formatDuration(delta / 1e6)}
      </td>
    </>
  );
}

const columns = ['Service and operation', 'Structure', 'Spans', 'Time, A above B', 'Difference'] as const;
const numbers = new Set<string>(['Spans', 'Difference']);

/** Both traces folded into one tree, aligned by the chain of service and name. */
export function DiffTable({ diff }: { diff: TraceDiff }) {
  const [state, update] = useUrlState();
  const onlyDifferent = state.only === 'different';
  const byDifference = state.sort === 'difference';
  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  const nodes = useMemo(() => {
    const kept = onlyDifferent ? diff.nodes.filter(isDifferent) : [...diff.nodes];
    return byDifference ? kept.sort((a, b) => Math.abs(b.deltaNanos) - Math.abs(a.deltaNanos)) : kept;
  }, [diff, onlyDifferent, byDifference]);
  const max = useMemo(
    () => diff.nodes.reduce((most, { left, right }) => Math.max(most, left.totalNanos, right.totalNanos), 1),
    [diff],
  );
  const virtual = useVirtualizer({
    count: nodes.length,
    getScrollElement: () => scroller,
    estimateSize: () => 38,
    overscan: 12,
  });
  return (
    <section className="diff" aria-label="Structure and time of both">
      <div className="panel-head">
        <button
          type="button"
          className="button"
          aria-pressed={onlyDifferent}
          onClick={() => update({ only: onlyDifferent ? undefined : 'different' }, { replace: true })}
        >
          Only differences
        </button>
        <button
          type="button"
          className="button"
          aria-pressed={byDifference}
          onClick={() => update({ sort: byDifference ? undefined : 'difference' }, { replace: true })}
        >
          Largest first
        </button>
        <span className="muted">{formatCount(nodes.length)} rows</span>
      </div>
      {nodes.length === 0 ? (
        <Empty title="No difference">
          <p>Both traces have the same calls, and none differs by more than a tenth.</p>
        </Empty>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by key
        <div ref={setScroller} className="diff-scroll scroll" tabIndex={0}>
          <table className="diff-table" aria-rowcount={nodes.length}>
            <thead>
              <tr className="diff-row diff-head">
                {columns.map((label) => (
                  <th scope="col" key={label} className={numbers.has(label) ? 'num' : undefined}>
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody className="rows" style={{ height: virtual.getTotalSize() }}>
              {virtual.getVirtualItems().map(({ index, start, size }) => {
                const node = nodes[index];
                return (
                  node !== undefined && (
                    <tr
                      key={node.node}
                      aria-rowindex={index + 2}
                      className={`diff-row${isDifferent(node) ? '' : ' diff-same'}`}
                      style={{ transform: `translateY(${start}px)`, height: size }}
                    >
                      <Row node={node} max={max} flat={byDifference} />
                    </tr>
                  )
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
