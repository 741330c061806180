const encoder = new TextEncoder();

/** The longest prefix of whole characters that fits into `maxBytes` of UTF-8, and how many bytes were cut. */
export function truncateUtf8(text: string, maxBytes: number): { text: string; cutBytes: number } {
  // Every UTF-16 unit takes at most three bytes, so most strings need no look inside.
  if (text.length * 3 <= maxBytes) return { text, cutBytes: 0 };
  const bytes = utf8Length(text);
  if (bytes <= maxBytes) return { text, cutBytes: 0 };
  const { read, written } = encoder.encodeInto(text, new Uint8Array(maxBytes));
  return { text: text.slice(0, read), cutBytes: bytes - written };
}

/** Length in UTF-8; a lone surrogate counts as the replacement character it becomes. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x80) continue;
    length += code < 0x800 ? 1 : 2;
    if (code >= 0xd800 && code < 0xdc00 && isLowSurrogate(text.charCodeAt(index + 1))) index++;
  }
  return length;
}

const isLowSurrogate = (code: number) => code >= 0xdc00 && code < 0xe000;
