/** Where the fields of a v2 span lie in the bytes of its request; -1: not there. */
export class SpanFields {
  bytes: Uint8Array = new Uint8Array(0);
  nameAt = -1;
  nameEnd = -1;
  spanIdAt = -1;
  spanIdEnd = -1;
  parentAt = -1;
  parentEnd = -1;
  displayNameAt = -1;
  displayNameEnd = -1;
  startAt = -1;
  startEnd = -1;
  endAt = -1;
  endEnd = -1;
  attributesAt = -1;
  attributesEnd = -1;
  statusAt = -1;
  statusEnd = -1;
  sameProcessAt = -1;
  sameProcessEnd = -1;
  kind = 0;
  #at = 0;

  /** Finds the fields of one span. False where it is not as plain as nearly all are: that takes the general decoder. */
  read(bytes: Uint8Array): boolean {
    this.bytes = bytes;
    this.nameAt = this.spanIdAt = this.parentAt = this.displayNameAt = this.startAt = this.endAt = -1;
    this.attributesAt = this.statusAt = this.sameProcessAt = -1;
    this.kind = 0;
    this.#at = 0;
    while (this.#at < bytes.length) {
      const tag = bytes[this.#at++] as number;
      if (tag === 0x70) {
        this.kind = bytes[this.#at++] ?? 255;
        if (this.kind > 5) return false;
        continue;
      }
      const end = this.#delimited();
      if (end < 0 || !this.#field(tag, this.#at, end)) return false;
      this.#at = end;
    }
    return (
      this.nameAt >= 0 &&
      this.spanIdAt >= 0 &&
      this.displayNameAt >= 0 &&
      this.startAt >= 0 &&
      this.endAt >= 0
    );
  }

  /** A field that comes twice is merged by the general decoder. */
  #field(tag: number, at: number, end: number): boolean {
    switch (tag) {
      case 0x0a:
        if (this.nameAt >= 0) return false;
        this.nameAt = at;
        this.nameEnd = end;
        return true;
      case 0x12:
        if (this.spanIdAt >= 0) return false;
        this.spanIdAt = at;
        this.spanIdEnd = end;
        return true;
      case 0x1a:
        if (this.parentAt >= 0) return false;
        this.parentAt = at;
        this.parentEnd = end;
        return true;
      case 0x22:
        if (this.displayNameAt >= 0) return false;
        this.displayNameAt = at;
        this.displayNameEnd = end;
        return true;
      case 0x2a:
        if (this.startAt >= 0) return false;
        this.startAt = at;
        this.startEnd = end;
        return true;
      case 0x32:
        if (this.endAt >= 0) return false;
        this.endAt = at;
        this.endEnd = end;
        return true;
      case 0x3a:
        if (this.attributesAt >= 0) return false;
        this.attributesAt = at;
        this.attributesEnd = end;
        return true;
      default:
        return this.#rareField(tag, at, end);
    }
  }

  #rareField(tag: number, at: number, end: number): boolean {
    switch (tag) {
      case 0x4a:
      case 0x52:
        return end === at; // Google's exporter sends lists of events and links that hold none
      case 0x5a:
        if (this.statusAt >= 0) return false;
        this.statusAt = at;
        this.statusEnd = end;
        return true;
      case 0x62:
        if (this.sameProcessAt >= 0) return false;
        this.sameProcessAt = at;
        this.sameProcessEnd = end;
        return true;
      default:
        return false;
    }
  }

  /** The end of a length-delimited field; -1 if there is none within the span. */
  #delimited(): number {
    const { bytes } = this;
    let length = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = bytes[this.#at++];
      if (byte === undefined) return -1;
      length |= (byte & 127) << shift;
      if (byte < 128) return this.#at + length <= bytes.length ? this.#at + length : -1;
    }
    return -1;
  }
}
