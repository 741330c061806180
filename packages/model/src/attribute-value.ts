/**
 * An attribute's value as OpenTelemetry's `AnyValue` has it (opentelemetry-proto common.proto), exactly:
 * int64 is a `bigint`, double is a `number`, bytes a `Uint8Array`, a key-value list an `AttributeMap`, and
 * an empty value `null`. So 1 (int) and 1.0 (double) stay two things.
 */
export type AttributeValue =
  | string
  | boolean
  | bigint
  | number
  | Uint8Array
  | null
  | readonly AttributeValue[]
  | AttributeMap;

/** Attributes in the order they came; a key that came twice keeps its last value. */
export type AttributeMap = ReadonlyMap<string, AttributeValue>;
