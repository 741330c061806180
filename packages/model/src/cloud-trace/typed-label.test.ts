import { describe, expect, it } from 'vitest';
import type { AttributeValue } from '../attribute-value.ts';
import { labelText } from './label-text.ts';
import { typedLabel } from './typed-label.ts';

describe('typedLabel', () => {
  it.each<[string, AttributeValue]>([
    ['http.response.status_code', 503n],
    ['/http/response/size', 0n],
    ['server.port', 8080n],
    ['db.response.returned_rows', 12n],
    ['code.line.number', 7n],
    ['thread.id', 1n],
    ['messaging.batch.message_count', -3n],
    ['cache.hit_ratio', 0.25],
    ['gen_ai.request.temperature', 1e-7],
    ['http.server.request.duration', 1.5],
    ['cache.hit', true],
    ['error', false],
    ['http.request.header.accept', ['text/html', 'a,b']],
    ['gen_ai.response.finish_reasons', ['stop']],
    ['order.id', 'A-12'],
  ])('brings %s back as it was: %o', (key, value) => {
    expect(typedLabel(key, labelText(value))).toEqual(value);
  });

  it.each([
    ['order.id', '12', 'no name of a number'],
    ['user.zip', '01234', 'no name of a number'],
    ['item.count', '0012', 'not as a number is written'],
    ['item.count', '12 pieces', 'more than a number'],
    ['item.count', '1234567890123456789012', 'beyond 64 bits, and not exact'],
    ['item.count', 'NaN', 'no number'],
    ['item.ratio', '1.50', 'not as a number is written'],
    ['body', '["a"]', 'no name of a list'],
    ['http.request.header.accept', '["a', 'cut'],
    ['host.ip', '[1]', 'not of texts'],
    ['cache.hit', 'TRUE', 'not as a boolean is written'],
    ['item.count', '', 'nothing'],
  ])('leaves %s: %s as text: %s', (key, text) => {
    expect(typedLabel(key, text)).toBe(text);
  });
});
