import type { AttributeValue } from '../attribute-value.ts';

/**
 * Names that are numbers by their convention: OpenTelemetry's and Cloud Trace's own ends of names. Everything
 * else stays text: an order number is no number.
 */
const NUMBER_NAME =
  /(^|[./_])(status_code|port|size|count|length|bytes|lines?|line_number|line\.number|lineno|column|rows|pid|tid|ppid|thread\.id|retries|resend_count|attempts?|duration|latency|ratio|percent|score|total|height|depth|offset|partition|tokens|temperature|top_p|top_k|(milli|micro|nano)?seconds|ms|us|ns)$/;

/** Names whose values are lists of texts by OpenTelemetry's conventions. */
const LIST_NAME =
  /^(http\.(request|response)\.header\.|rpc\.\w+\.(request|response)\.metadata\.|(process\.command_args|gen_ai\.response\.finish_reasons|gen_ai\.request\.stop_sequences|user\.roles|host\.ip|host\.mac)$)/;

/** A label's text as the value it was before Cloud Trace made text of it. */
export function typedLabel(key: string, text: string): AttributeValue {
  if (text === 'true' || text === 'false') return text === 'true';
  if (text.startsWith('[') && LIST_NAME.test(key)) return listOf(text) ?? text;
  return NUMBER_NAME.test(key) ? (numberOf(text) ?? text) : text;
}

function numberOf(text: string): bigint | number | null {
  if (/^-?(0|[1-9]\d{0,17})$/.test(text)) return BigInt(text);
  const number = Number(text);
  return /^-?\d/.test(text) && Number.isFinite(number) && String(number) === text ? number : null;
}

function listOf(text: string): readonly string[] | null {
  try {
    const json: unknown = JSON.parse(text);
    return Array.isArray(json) && json.every((item) => typeof item === 'string') ? json : null;
  } catch {
    return null; // cut by a limit, or never a list
  }
}
