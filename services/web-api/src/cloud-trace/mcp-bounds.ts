import type { JsonObject } from '@utxoiq/model/cloud-trace';

/** About 50,000 tokens: what a model can still read. */
const MAX_CHARACTERS = 200_000;
const MAX_LABEL_CHARACTERS = 1000;

/**
 * Keeps an answer readable: long labels are cut, then spans are left out from the end, and `note` says what is
 * missing and how to get it.
 */
export function boundTraces(json: JsonObject): { json: JsonObject; note: string | null } {
  let cutLabels = 0;
  let left = MAX_CHARACTERS;
  let leftOut = 0;
  const keepSpan = (span: JsonObject): boolean => {
    if (isObject(span.labels)) cutLabels += shortenLabels(span.labels);
    left -= JSON.stringify(span).length;
    if (left < 0) leftOut++;
    return left >= 0;
  };
  const traces = Array.isArray(json.traces) ? json.traces : [json];
  for (const trace of traces) {
    if (!isObject(trace) || !Array.isArray(trace.spans)) continue;
    trace.spans = trace.spans.filter((span) => isObject(span) && keepSpan(span));
  }
  const notes = [];
  if (cutLabels > 0) notes.push(`${cutLabels} labels were cut to ${MAX_LABEL_CHARACTERS} characters.`);
  if (leftOut > 0) notes.push(`${leftOut} spans were left out; ask for fewer traces, or narrow the filter.`);
  return { json, note: notes.length === 0 ? null : notes.join(' ') };
}

/** How many were cut. */
function shortenLabels(labels: JsonObject): number {
  let cut = 0;
  for (const [key, value] of Object.entries(labels)) {
    if (typeof value !== 'string' || value.length <= MAX_LABEL_CHARACTERS) continue;
    labels[key] = `${value.slice(0, MAX_LABEL_CHARACTERS)}...`;
    cut++;
  }
  return cut;
}

function isObject(value: JsonObject[string] | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
