const ESCAPES: Readonly<Record<string, string>> = {
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  "'": "\\'",
  '\\': '\\\\',
};

/** A parameter's value as ClickHouse reads it from the URL: escaped text, quoted inside arrays. */
export function parameterText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(quoted).join(',')}]`;
  return escaped(value);
}

const quoted = (value: unknown): string =>
  typeof value === 'string' ? `'${escaped(value)}'` : parameterText(value);

const escaped = (value: unknown): string =>
  String(value).replace(/[\t\n\r'\\]/g, (char) => ESCAPES[char] as string);
