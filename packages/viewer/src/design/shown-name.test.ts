import { buildOutline, decodeOtlpJson } from '@utxoiq/model';
import { expect, it } from 'vitest';
import { rowName, shownName } from './shown-name.ts';

it('gives a span without a name something to see and to click', () => {
  expect(shownName('')).toBe('(no name)');
  expect(shownName('GET /')).toBe('GET /');
  expect(shownName('\u202e')).toBe('(no name)');
});

it('leaves nothing in a name that would turn the writing around', () => {
  expect(shownName('\u202etxt.exe')).toBe('txt.exe');
  expect(shownName('שלום GET')).toBe('שלום GET');
});

it('names the rows of a trace', () => {
  const span = (spanId: string, name: string) => ({
    traceId: 'a'.repeat(32),
    spanId,
    name,
    startTimeUnixNano: '1000',
    endTimeUnixNano: '2000',
  });
  const spans = [span('00000000000000a1', 'GET /'), span('00000000000000a2', '')];
  const decoded = decodeOtlpJson({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
  const outline = buildOutline(decoded.ok ? decoded.spans : []);
  expect([rowName(outline, 0), rowName(outline, 1)].toSorted()).toEqual(['(no name)', 'GET /']);
});
