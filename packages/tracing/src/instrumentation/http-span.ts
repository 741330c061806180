import { RecordingSpan } from '../tracer/span.ts';

/**
 * A span whose attributes stay its own fields, and bytes made beforehand, until they are written. Whoever reads or
 * changes one of them turns them into ordinary pairs.
 */
export abstract class HttpSpan extends RecordingSpan {
  /** The response's; 0 until it is known. */
  protected responseStatus = 0;
  /** Whether the attributes are ordinary pairs by now. */
  protected materialised = false;

  protected abstract hasField(key: string): boolean;

  /** Puts each field as an ordinary attribute. */
  protected abstract putFields(): void;

  setResponseStatus(status: number): void {
    if (this.materialised) this.put('http.response.status_code', status);
    else this.responseStatus = status;
  }

  override setAttribute(key: string, value: unknown): this {
    if (!this.materialised && this.hasField(key)) this.materialise();
    return super.setAttribute(key, value as never);
  }

  override readPairs(): readonly unknown[] {
    this.materialise();
    return this.pairs;
  }

  protected materialise(): void {
    if (this.materialised) return;
    this.materialised = true;
    const added = this.pairs;
    this.pairs = [];
    this.putFields();
    if (this.responseStatus > 0) this.put('http.response.status_code', this.responseStatus);
    for (let i = 0; i < added.length; i += 2) this.put(added[i] as string, added[i + 1]);
  }
}
