/** Bytes that are no ExportTraceServiceRequest: the whole request is refused, nothing of it is kept. */
export class MalformedOtlpError extends Error {
  override readonly name = 'MalformedOtlpError';
  /** Where in the (decompressed) body. */
  readonly offset: number;

  constructor(reason: string, offset: number) {
    super(`${reason} at byte ${offset}`);
    this.offset = offset;
  }
}
