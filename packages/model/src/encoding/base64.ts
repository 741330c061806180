const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const decoding = new Uint8Array(128).fill(255);
for (let i = 0; i < 64; i++) decoding[alphabet.charCodeAt(i)] = i;
// Proto3 JSON also accepts the URL-safe alphabet.
decoding['-'.charCodeAt(0)] = 62;
decoding['_'.charCodeAt(0)] = 63;

/** Standard base64 with padding. Written here because neither `Buffer` nor `Uint8Array.toBase64` is everywhere. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const bits = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += char(bits >> 18) + char(bits >> 12);
    text += i + 1 < bytes.length ? char(bits >> 6) : '=';
    text += i + 2 < bytes.length ? char(bits) : '=';
  }
  return text;
}

function char(bits: number): string {
  return alphabet.charAt(bits & 63);
}

/** Standard or URL-safe base64, padded or not; null if it is neither. */
export function decodeBase64(text: string): Uint8Array | null {
  const digits = text.replace(/={1,2}$/, '');
  if (digits.length % 4 === 1) return null;
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let bits = 0;
  let written = 0;
  for (let i = 0; i < digits.length; i++) {
    const value = decoding[digits.charCodeAt(i)] ?? 255;
    if (value === 255) return null;
    bits = ((bits << 6) | value) & 0xffffff;
    const filled = i % 4;
    if (filled > 0) bytes[written++] = bits >> (6 - 2 * filled);
  }
  return bytes;
}
