import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonErrorPosition } from './json-error-position.ts';
import { parseJsonText } from './json-text.ts';

describe('parseJsonText', () => {
  it('finds where JSON stops, near the character that broke it', () => {
    const isJson = (text: string) => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(
        fc.json(),
        fc.nat(),
        fc.constantFrom('}', ']', ',', ':', 'x', '"', '\u0001'),
        (json, at, char) => {
          const position = at % (json.length + 1);
          const broken = json.slice(0, position) + char + json.slice(position);
          if (isJson(broken)) return;
          const found = jsonErrorPosition(broken);
          expect(found).toBeGreaterThanOrEqual(0);
          expect(found).toBeLessThanOrEqual(broken.length);
          // A quote or a bracket too many may show only later; a comma in 102 leaves 1, and 02, which stops at 2.
          if (!'"]}'.includes(char)) expect(found).toBeLessThanOrEqual(position + 2);
        },
      ),
    );
    for (const json of ['[1, {"a": "\\u00e9\u007f"}]', '-0.5e3', 'null', '{}', '[]']) {
      expect(jsonErrorPosition(json)).toBe(json.length);
    }
  });

  it('keeps integers beyond 2^53', () => {
    expect(parseJsonText('{"id": 18446744073709551615}')).toEqual({ ok: true, json: { id: 2n ** 64n - 1n } });
  });
});
