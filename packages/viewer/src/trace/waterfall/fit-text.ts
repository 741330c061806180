/** Measuring is what costs in a canvas; names repeat, so each is measured once per font. */
const widths = new Map<string, number>();
const maxKept = 20_000;

export function textWidth(context: CanvasRenderingContext2D, text: string): number {
  const key = `${context.font}|${text}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  if (widths.size > maxKept) widths.clear();
  const { width } = context.measureText(text);
  widths.set(key, width);
  return width;
}

/** The text, cut with an ellipsis where it would be wider than `maxWidth`. */
export function fitText(context: CanvasRenderingContext2D, text: string, maxWidth: number): string {
  const whole = text.length > 400 ? text.slice(0, 400) : text;
  const width = textWidth(context, whole);
  if (width <= maxWidth) return whole;
  const length = Math.floor((whole.length * (maxWidth - 10)) / width);
  return length <= 0 ? '' : `${whole.slice(0, length)}…`;
}
