import { formatUnixNano } from '@utxoiq/model';

/** Nanoseconds as milliseconds with their fraction, exact up to 104 days. */
export function milliseconds(nanos: bigint | number): number {
  return Number(nanos) / 1e6;
}

export const time = (unixNano: bigint): string => formatUnixNano(unixNano);
