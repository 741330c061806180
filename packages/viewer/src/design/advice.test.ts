import { expect, it } from 'vitest';
import { ApiError } from '../api/client.ts';
import { adviceFor, isRefused } from './advice.ts';

it('offers no second try of a question that is wrong in itself', () => {
  const wrongId = new ApiError('trace_id: expected 32 hexadecimal digits', { status: 400 });
  expect(isRefused(wrongId)).toBe(true);
  // The same advice stands under a wrong trace id as under a wrong filter.
  expect(adviceFor(wrongId)).not.toMatch(/filter|try again/i);
});

it('offers one of what may pass', () => {
  for (const status of [0, 404, 429, 500, 503]) {
    expect(isRefused(new ApiError('', { status }))).toBe(false);
  }
  expect(adviceFor(new ApiError('', { status: 503 }))).toMatch(/safe to try again/);
});

it('prefers what the server says', () => {
  expect(adviceFor(new ApiError('', { status: 400, nextStep: 'Ask for less.' }))).toBe('Ask for less.');
});
