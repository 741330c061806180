import type { AttributeValue } from '../attribute-value.ts';

/**
 * Names that are numbers by their convention: OpenTelemetry's and Cloud Trace's own ends of names. Everything
 * else stays text: an order number is no number.
 */
const NUMBER_NAME =
  /(^|[./_])(status_code|port|size|count|length|bytes|lines?|line_number|column|pid|tid|ppid|retries|resend_count|attempts?|duration|latency|ratio|percent|score|total|height|depth|offset|partition|tokens|(milli|micro|nano)?seconds|ms|us|ns)$/;

/** A label's text as the value it was before Cloud Trace made text of it. */
export function typedLabel(key: string, text: string): AttributeValue {
  if (text === 'true' || text === 'false') return text === 'true';
  if (!NUMBER_NAME.test(key)) return text;
  if (/^-?(0|[1-9]\d{0,17})$/.test(text)) return BigInt(text);
  const number = Number(text);
  return /^-?\d/.test(text) && Number.isFinite(number) && String(number) === text ? number : text;
}
