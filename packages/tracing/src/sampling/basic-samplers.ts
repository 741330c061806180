import { type Attributes, type Context, type Link, type SpanKind, trace } from '@opentelemetry/api';
import { isDeferred, joinsTrace } from '../propagation/remote-parent.ts';
import {
  DROP,
  NO_PARENT,
  type QuickSampler,
  quickOf,
  SAMPLE,
  type Sampler,
  type SamplingResult,
} from './sampler.ts';

/** Keeps every trace (specification, trace/sdk.md, "AlwaysOn"). */
export const alwaysOn: QuickSampler = Object.freeze({
  shouldSample: () => SAMPLE,
  quick: () => SAMPLE,
  toString: () => 'AlwaysOnSampler',
});

/** Keeps none; requests still pass their context on. */
export const alwaysOff: QuickSampler = Object.freeze({
  shouldSample: () => DROP,
  quick: () => DROP,
  toString: () => 'AlwaysOffSampler',
});

/**
 * Keeps a fixed share of traces, decided by the trace id alone, so that every service decides alike. The
 * arithmetic is OpenTelemetry JS's own: a mixed fleet keeps the same traces.
 */
export function ratio(share: number): Sampler {
  const clamped = Number.isNaN(share) ? 0 : Math.min(1, Math.max(0, share));
  const bound = clamped === 1 ? 4294967296 : Math.floor(clamped * 4294967295);
  return {
    shouldSample: (_context: Context, traceId: string) => (foldTraceId(traceId) < bound ? SAMPLE : DROP),
    toString: () => `TraceIdRatioBased{${clamped}}`,
  };
}

function foldTraceId(traceId: string): number {
  let folded = 0;
  for (let i = 0; i < 32; i += 8) folded ^= Number.parseInt(traceId.slice(i, i + 8), 16);
  return folded >>> 0;
}

/** Samplers by kind of parent (specification, trace/sdk.md, "ParentBased"); those left out follow the parent. */
export interface ParentBasedOptions {
  readonly root: Sampler;
  readonly remoteParentSampled?: Sampler;
  readonly remoteParentNotSampled?: Sampler;
  readonly localParentSampled?: Sampler;
  readonly localParentNotSampled?: Sampler;
}

/** Follows the parent's decision where there is a parent, else asks `root`. */
export function parentBased(options: ParentBasedOptions): QuickSampler {
  const remote = [
    options.remoteParentNotSampled ?? alwaysOff,
    options.remoteParentSampled ?? alwaysOn,
  ] as const;
  const local = [options.localParentNotSampled ?? alwaysOff, options.localParentSampled ?? alwaysOn] as const;
  const quickRoot = quickOf(options.root);
  const quickRemote = remote.map(quickOf);
  const quickLocal = local.map(quickOf);
  return {
    quick(parentFlags: number, parentIsRemote: boolean): SamplingResult | null {
      if (parentFlags === NO_PARENT) return quickRoot(parentFlags, parentIsRemote);
      const chosen = (parentIsRemote ? quickRemote : quickLocal)[parentFlags & 1];
      return chosen === undefined ? null : chosen(parentFlags, parentIsRemote);
    },
    shouldSample(
      context: Context,
      traceId: string,
      spanName: string,
      spanKind: SpanKind,
      attributes: Attributes,
      links: Link[],
    ): SamplingResult {
      const parent = trace.getSpanContext(context);
      const chosen =
        parent === undefined ||
        isDeferred(parent) ||
        !(trace.isSpanContextValid(parent) || joinsTrace(parent))
          ? options.root
          : (parent.isRemote === true ? remote : local)[parent.traceFlags & 1 ? 1 : 0];
      return chosen.shouldSample(context, traceId, spanName, spanKind, attributes, links);
    },
    toString: () => `ParentBased{root=${options.root.toString()}}`,
  };
}
