import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributeMap } from '../../test/arbitraries.ts';
import type { AttributeValue } from '../attribute-value.ts';
import { type AttributesJson, attributesFromJson, attributesToJson } from './attribute-json.ts';
import { attributeNumber, attributeText } from './attribute-text.ts';

describe('attributesToJson', () => {
  it('prints plain values plainly and names the types JSON cannot tell', () => {
    const attributes = new Map<string, AttributeValue>([
      ['text', 'a'],
      ['int', 200n],
      ['double', 1.5],
      ['list', ['a', 'b']],
      ['map', new Map([['a', 1n]])],
      ['integral', 2],
      ['big', 2n ** 60n],
      ['nan', Number.NaN],
      ['bytes', new Uint8Array([1, 2])],
      ['empty', null],
      ['odd', [1]],
    ]);
    expect(attributesToJson(attributes)).toEqual({
      attributes: {
        text: 'a',
        int: 200,
        double: 1.5,
        list: ['a', 'b'],
        map: { a: 1 },
        integral: 2,
        big: '1152921504606846976',
        nan: 'NaN',
        bytes: 'AQI=',
        empty: null,
        odd: { arrayValue: { values: [{ doubleValue: 1 }] } },
      },
      attribute_types: {
        integral: 'double',
        big: 'int',
        nan: 'double',
        bytes: 'bytes',
        empty: 'empty',
        odd: 'otlp',
      },
    });
    expect(attributesToJson(new Map([['a', 'b']]))).toEqual({ attributes: { a: 'b' } });
  });

  it('is read back exactly, through text', () => {
    fc.assert(
      fc.property(attributeMap, (attributes) => {
        const json = JSON.parse(JSON.stringify(attributesToJson(attributes))) as AttributesJson;
        expect(attributesFromJson(json)).toEqual(attributes);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses a value that does not fit its hint, by key', () => {
    const bad: AttributesJson[] = [
      { attributes: { k: 'x' }, attribute_types: { k: 'int' } },
      { attributes: { k: 'x' }, attribute_types: { k: 'double' } },
      { attributes: { k: '!' }, attribute_types: { k: 'bytes' } },
      { attributes: { k: 1 }, attribute_types: { k: 'empty' } },
      { attributes: { k: { intValue: 'x' } }, attribute_types: { k: 'otlp' } },
    ];
    for (const json of bad)
      expect(() => attributesFromJson(json)).toThrow('attribute "k" does not fit the type');
  });
});

describe('attribute text and number', () => {
  it('compares by what a person would write', () => {
    expect([true, 200n, 1.5, 2, null, [1n, 'a'], new Uint8Array([1])].map(attributeText)).toEqual([
      'true',
      '200',
      '1.5',
      '2',
      '',
      '{"arrayValue":{"values":[{"intValue":"1"},{"stringValue":"a"}]}}',
      '{"bytesValue":"AQ=="}',
    ]);
    expect(['200', '1.5e3', 'x', '', 7n, true, Number.NaN].map(attributeNumber)).toEqual([
      200,
      1500,
      null,
      null,
      7,
      null,
      null,
    ]);
  });
});
