import type { HrTime, TimeInput } from '@opentelemetry/api';

/** How far the wall clock may move away from the monotonic one before spans follow it. */
const MAX_DRIFT_MS = 5;

/** Seconds and nanoseconds of the epoch at `performance.now() === 0`. */
let originSeconds = 0;
let originNanos = 0;
let originMs = 0;
/** The same as the two words of a 64-bit count of nanoseconds. */
let originHigh = 0;
let originLow = 0;

function anchor(epochMs: number): void {
  originMs = epochMs;
  originSeconds = Math.floor(epochMs / 1000);
  originNanos = Math.round((epochMs - originSeconds * 1000) * 1e6);
  const nanos = BigInt(originSeconds) * 1_000_000_000n + BigInt(originNanos);
  originHigh = Number(nanos >> 32n);
  originLow = Number(nanos & 0xffffffffn);
}
anchor(performance.timeOrigin);

/**
 * Spans are timed by the monotonic clock, all from one anchor, so that times within a process never run
 * backwards. The wall clock may be set, or the machine may sleep: called between batches, this moves the
 * anchor when the two clocks have drifted apart.
 */
export function followWallClock(): void {
  const wall = Date.now();
  if (Math.abs(wall - (originMs + performance.now())) > MAX_DRIFT_MS) anchor(wall - performance.now());
}

/** Milliseconds since the process began, with fractions: what a span keeps until it is encoded. */
export const monotonicMs: () => number = () => performance.now();

const scratch: [number, number] = [0, 0];
const words: [number, number] = [0, 0];
const WORD = 2 ** 32;

/** Epoch seconds and nanoseconds of a monotonic time. The pair is reused: read it before the next call. */
export function epochOf(ms: number): Readonly<HrTime> {
  const seconds = Math.floor(ms / 1000);
  const nanos = Math.round((ms - seconds * 1000) * 1e6) + originNanos;
  const carry = Math.floor(nanos / 1e9);
  scratch[0] = originSeconds + seconds + carry;
  scratch[1] = nanos - carry * 1e9;
  return scratch;
}

/** The same in nanoseconds, as the words of a fixed64; within 2 ns for the first six weeks of a process. The pair is reused as well. */
export function epochWordsOf(ms: number): readonly [high: number, low: number] {
  const nanos = Math.round(ms * 1e6);
  const high = Math.floor(nanos / WORD);
  const low = nanos - high * WORD + originLow;
  const carries = low >= WORD;
  words[0] = originHigh + high + (carries ? 1 : 0);
  words[1] = carries ? low - WORD : low;
  return words;
}

/** Where 64 bits of nanoseconds end, in the year 2554. */
const MAX_SECONDS = 18_446_744_073;

function isHrTime(value: unknown): value is HrTime {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [seconds, nanos] = value as unknown[];
  return isWithin(seconds, MAX_SECONDS) && isWithin(nanos, Number.MAX_SAFE_INTEGER);
}

function isWithin(value: unknown, end: number): boolean {
  return typeof value === 'number' && value >= 0 && value < end;
}

/** Whether it is a time that a span can have: what is not counts as not given. */
export function isTimeInput(value: unknown): value is TimeInput {
  // Below zero is before the process began.
  if (typeof value === 'number') return isWithin(Math.abs(value), MAX_SECONDS * 1000);
  return value instanceof Date ? isWithin(value.getTime(), MAX_SECONDS * 1000) : isHrTime(value);
}

/** A time given by the caller: a number below `performance.now()` is monotonic, else epoch milliseconds. */
export function hrTimeOf(input: TimeInput): HrTime {
  if (typeof input === 'number') {
    if (input > performance.now()) return fromEpochMs(input);
    const [seconds, nanos] = epochOf(input);
    return [seconds, nanos];
  }
  if (input instanceof Date) return fromEpochMs(input.getTime());
  return [input[0], input[1]];
}

function fromEpochMs(ms: number): HrTime {
  return [Math.trunc(ms / 1000), Math.round((ms % 1000) * 1e6)];
}
