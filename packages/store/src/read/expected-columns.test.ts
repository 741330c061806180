import { describe, expect, it } from 'vitest';
import { ALL_FILLED, filledBit, OFTEN_EMPTY_COLUMNS } from '../block/filled-columns.ts';
import { PROMOTED_ATTRIBUTES, promotedColumn } from '../block/promoted-attributes.ts';
import { ExpectedColumns } from './expected-columns.ts';

const route = filledBit('attr_http_route');
const port = filledBit('attr_server_port');

describe('the columns that whole spans are read with', () => {
  it('are all before anything is known', () => {
    expect(new ExpectedColumns().now).toBe(ALL_FILLED);
  });

  it('are those that one of the last hundred answers had something in', () => {
    const columns = new ExpectedColumns();
    columns.learn(port);
    for (let answer = 0; answer < 99; answer++) columns.learn(route);
    expect(columns.now).toBe(route | port);
    columns.learn(route);
    expect(columns.now).toBe(route);
    columns.learn(ALL_FILLED);
    expect(columns.now).toBe(ALL_FILLED);
  });
});

describe('the bits of `filled`', () => {
  it('stay what they were, since they are stored', () => {
    expect(OFTEN_EMPTY_COLUMNS.length).toBeLessThanOrEqual(32);
    expect(filledBit('status_message')).toBe(1);
    expect(filledBit('attr_http_request_method')).toBe(1 << 7);
    expect(port).toBe(1 << 31);
  });

  it('are there for every promoted attribute', () => {
    const bits = new Set(Array.from(PROMOTED_ATTRIBUTES.keys(), (key) => filledBit(promotedColumn(key))));
    expect(bits.size).toBe(PROMOTED_ATTRIBUTES.size);
  });
});
