const WIDTHS_SECONDS = [
  1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 604_800,
];

/** The smallest human width (1 s to a week) that cuts the range into no more than `buckets` parts. */
export function bucketSeconds(startUnixNano: bigint, endUnixNano: bigint, buckets: number): number {
  const seconds = Number((endUnixNano - startUnixNano) / 1_000_000n) / 1000;
  return WIDTHS_SECONDS.find((width) => seconds / width <= buckets) ?? 604_800;
}

/** The start of the bucket that a time lies in, as nanoseconds. */
export function bucketStart(unixNano: bigint, seconds: number): bigint {
  const width = BigInt(seconds) * 1_000_000_000n;
  return (unixNano / width) * width;
}

export const SECOND_NANOS = 1_000_000_000n;
