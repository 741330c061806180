/** Collects the values of a statement and hands out the placeholders that stand for them. */
export class SqlParameters {
  readonly #values: Record<string, unknown> = {};
  #count = 0;

  get values(): Readonly<Record<string, unknown>> {
    return this.#values;
  }

  text(value: string): string {
    return this.#bind(value, 'String');
  }
  texts(values: readonly string[]): string {
    return this.#bind([...values], 'Array(String)');
  }
  numbers(values: readonly number[]): string {
    return this.#bind([...values], 'Array(Int64)');
  }
  number(value: number): string {
    if (Number.isInteger(value) && Math.abs(value) < 2 ** 53) return this.#bind(value, 'Int64');
    return `toFloat64(${this.#bind(String(value).replace('Infinity', 'inf'), 'String')})`;
  }
  int64(value: bigint): string {
    return this.#bind(BigInt.asIntN(64, value).toString(), 'Int64');
  }
  /** Nanoseconds of the Unix epoch as a DateTime64(9). */
  time(unixNano: bigint): string {
    return `fromUnixTimestamp64Nano(${this.int64(clampTime(unixNano))}, 'UTC')`;
  }
  /** The same as a text, to compare a DateTime64(9) with: a page of the newest traces takes 4 % less. */
  timeText(unixNano: bigint): string {
    const nanos = clampTime(unixNano);
    const fraction = ((nanos % SECOND_NANOS) + SECOND_NANOS) % SECOND_NANOS;
    const seconds = new Date(Number((nanos - fraction) / SECOND_NANOS) * 1000).toISOString();
    return this.text(`${seconds.slice(0, 19).replace('T', ' ')}.${fraction.toString().padStart(9, '0')}`);
  }
  /** Hex digits as the bytes they spell. */
  bytes(hex: string): string {
    return `unhex(${this.text(hex)})`;
  }
  /**
   * Trace ids, to stand in `IN (...)`: a subquery, since the engine uses no index for an array that it computes.
   * In base64 they are a third shorter than in hex, and URLs have limits.
   */
  traceIds(ids: readonly string[]): string {
    const packed = this.text(Buffer.from(ids.join(''), 'hex').toString('base64url'));
    return `SELECT toFixedString(substring(base64URLDecode(${packed}), number * 16 + 1, 16), 16) FROM numbers(${ids.length})`;
  }

  #bind(value: unknown, type: string): string {
    const name = `p${this.#count++}`;
    this.#values[name] = value;
    return `{${name}:${type}}`;
  }
}

const SECOND_NANOS = 1_000_000_000n;
// Times beyond what DateTime64(9) holds (years 1900 to 2262) mean "no limit".
const EARLIEST = -2_208_988_800_000_000_000n;
const LATEST = 2n ** 63n - 1n;
export const clampTime = (unixNano: bigint): bigint =>
  unixNano < EARLIEST ? EARLIEST : unixNano > LATEST ? LATEST : unixNano;
