import { parseSpanId } from '../ids.ts';
import { spanIdProblem, splitSpanName, traceIdProblem } from './ids.ts';
import type { CloudTraceLimits } from './limits.ts';
import { type V2Link, type V2Span, V2SpanKind } from './messages-v2.ts';
import { unknownEnum, type Violation } from './proto/json-decode.ts';
import { timeProblem } from './time-problem.ts';

/** The project of the request, the limits, and the time against which starts are held. */
export interface ValidateOptions {
  readonly projectId: string;
  readonly limits: CloudTraceLimits;
  readonly nowUnixNano: bigint;
}

/** What Google refuses in a v2 span: the first thing, with the field named. `path`: `spans[3]`, or empty. */
export function v2SpanProblem(span: V2Span, path: string, options: ValidateOptions): Violation | null {
  const at = (name: string) => (path === '' ? name : `${path}.${name}`);
  const named = nameProblem(span, options.projectId);
  if (named !== null) return { field: at(named[0]), description: named[1] };
  if (span.parentSpanId !== '' && parseSpanId(span.parentSpanId) === null) {
    return { field: at('parent_span_id'), description: 'Invalid parent id!' };
  }
  if (span.displayName === null || span.displayName.value === '') {
    const field = at('display_name');
    return { field, description: `Invalid value at '${field}': the field is required.` };
  }
  const kind = span.spanKind;
  if (kind < 0 || kind > 5) return unknownEnum(at('span_kind'), V2SpanKind, kind);
  return timeProblem(span, path, options) ?? eventProblem(span, at) ?? linkProblem(span, at);
}

function nameProblem(span: V2Span, projectId: string): [field: string, description: string] | null {
  const name = splitSpanName(span.name);
  if (name === null) {
    const shown = span.name.slice(0, 200);
    const expected = 'projects/[PROJECT_ID]/traces/[TRACE_ID]/spans/[SPAN_ID]';
    return ['name', `Invalid span name: the name must be ${expected}. Current name = ${shown}`];
  }
  const problem = traceIdProblem(name.traceId) ?? spanIdProblem(name.spanId);
  if (problem !== null) return ['name', problem];
  if (name.projectId !== projectId) {
    return ['name', `Invalid span name: project "${name.projectId}" is not the request's "${projectId}".`];
  }
  const idProblem = spanIdProblem(span.spanId);
  if (idProblem !== null) return ['span_id', idProblem];
  return span.spanId.toLowerCase() === name.spanId.toLowerCase()
    ? null
    : ['span_id', `Invalid span id: ${span.spanId} is not the one in the name, ${name.spanId}.`];
}

function eventProblem(span: V2Span, at: (name: string) => string): Violation | null {
  const index = span.timeEvents?.timeEvent.findIndex(
    ({ time }) => time === null || time < 0n || time > (1n << 63n) - 1n,
  );
  if (index === undefined || index === -1) return null;
  const field = at(`time_events.time_event[${index}].time`);
  return { field, description: `Invalid value at '${field}': a time between 1970 and 2262 is required.` };
}

function linkProblem(span: V2Span, at: (name: string) => string): Violation | null {
  const wrong = (link: V2Link) => traceIdProblem(link.traceId) ?? spanIdProblem(link.spanId);
  const links = span.links?.link ?? [];
  const index = links.findIndex((link) => wrong(link) !== null);
  const link = links[index];
  return link === undefined ? null : { field: at(`links.link[${index}]`), description: wrong(link) ?? '' };
}
