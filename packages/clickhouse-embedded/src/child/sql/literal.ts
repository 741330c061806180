const ESCAPES: Record<string, string> = { '\\': '\\\\', "'": "\\'", '\0': '\\0' };

/** A string as a ClickHouse literal. */
export const stringLiteral = (text: string): string =>
  `'${text.replace(/[\\'\0]/g, (c) => ESCAPES[c] ?? c)}'`;

/** A name as a quoted ClickHouse identifier. */
export const identifier = (name: string): string => `\`${name.replace(/[\\`]/g, (c) => `\\${c}`)}\``;
