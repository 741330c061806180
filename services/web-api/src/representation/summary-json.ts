import type { TraceSummary } from '@utxoiq/model';
import type { Dependency, OperationStats, RedStats, ServiceStats, SpanSummary } from '@utxoiq/store';
import { kindName } from './span-json.ts';
import { milliseconds, time } from './time-json.ts';

export function traceSummaryJson(summary: TraceSummary) {
  const { root } = summary;
  return {
    trace_id: summary.traceId,
    project_id: summary.projectId,
    span_count: summary.spanCount,
    error_count: summary.errorCount,
    ...interval(summary),
    root:
      root === null
        ? null
        : { span_id: root.spanId, name: root.name, service: root.serviceName, ...interval(root) },
    services: summary.services.map((service) => ({ name: service.name, span_count: service.spanCount })),
  };
}

export function spanSummaryJson(span: SpanSummary) {
  return {
    trace_id: span.traceId,
    project_id: span.projectId,
    span_id: span.spanId,
    parent_span_id: span.parentSpanId,
    name: span.name,
    service: span.serviceName,
    kind: kindName(span.kind),
    status_code: span.statusCode,
    ...interval(span),
  };
}

export const serviceStatsJson = (stats: ServiceStats) => ({ service: stats.service, ...redStatsJson(stats) });

export const operationStatsJson = (stats: OperationStats) => ({
  service: stats.service,
  operation: stats.operation,
  kind: kindName(stats.kind),
  ...redStatsJson(stats),
});

export const dependencyJson = (dependency: Dependency) => ({
  parent: dependency.parent,
  child: dependency.child,
  ...redStatsJson(dependency),
});

export function redStatsJson(stats: RedStats) {
  return {
    count: stats.count,
    errors: stats.errors,
    p50_ms: milliseconds(stats.p50),
    p95_ms: milliseconds(stats.p95),
    p99_ms: milliseconds(stats.p99),
  };
}

function interval(of: { readonly startUnixNano: bigint; readonly endUnixNano: bigint }) {
  return {
    start_time: time(of.startUnixNano),
    end_time: time(of.endUnixNano),
    duration_ms: milliseconds(of.endUnixNano - of.startUnixNano),
  };
}
