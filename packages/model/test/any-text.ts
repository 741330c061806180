import fc from 'fast-check';

const codePoint = fc.oneof(
  fc.integer({ min: 0x20, max: 0x7e }),
  fc.integer({ min: 0, max: 0xffff }).filter((code) => code < 0xd800 || code > 0xdfff),
  fc.integer({ min: 0x10000, max: 0x10ffff }),
);

/**
 * Any text that UTF-8 can carry, so without lone surrogates. fast-check's own `unit: 'binary'` takes two
 * seconds to set up.
 */
export function anyText(options: { minLength?: number; maxLength?: number } = {}): fc.Arbitrary<string> {
  return fc.array(codePoint, options).map((codes) => String.fromCodePoint(...codes));
}
