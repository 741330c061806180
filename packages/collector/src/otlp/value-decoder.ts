import type { AttributeValue } from '@utxoiq/model';
import { AttributeType } from '@utxoiq/store';
import { ByteCache, textOf } from './byte-cache.ts';
import { type Key, KeyTable } from './key-table.ts';
import { WireReader } from './wire-reader.ts';

const VALUE_SLOTS = 1 << 15;
const KEY_SLOTS = 1 << 12;

/**
 * `KeyValue` and `AnyValue` of common.proto. Fields that come twice follow protobuf: the last scalar wins,
 * messages merge, and another member of a oneof clears the one before.
 */
export class ValueDecoder {
  readonly reader = new WireReader();
  readonly #keyTable = new KeyTable();
  #keys = new ByteCache<Key>(KEY_SLOTS, this.#keyTable.get);
  #noKey = this.#keyTable.get('');
  readonly #texts = new ByteCache<string>(VALUE_SLOTS, (text) => text);
  /** The value read last. */
  type: AttributeType = AttributeType.empty;
  value: AttributeValue = null;
  /** Where the text lies that `keyValue('in-place')` read: `value` is null then. -1: there is none. */
  textAt = -1;
  textLength = 0;

  /** Between two requests: lets go of keys if there are too many. */
  trim(): void {
    if (!this.#keyTable.trim()) return;
    this.#keys = new ByteCache(KEY_SLOTS, this.#keyTable.get);
    this.#noKey = this.#keyTable.get('');
  }

  /** A string field that seldom repeats: a statement, a status message. */
  rareText(): string {
    const { reader } = this;
    const length = reader.uint32();
    const at = reader.at;
    reader.at = at + length;
    return textOf(reader.bytes, at, length);
  }

  /** A string field that often repeats: a name, a method, a route. */
  text(): string {
    const { reader } = this;
    const length = reader.uint32();
    const at = reader.at;
    reader.at = at + length;
    return this.#texts.get(reader.bytes, reader.view, at, length);
  }

  /**
   * A `KeyValue`, its length included: the key is returned, the value is in `type` and `value`.
   * @param texts whether a text becomes a string, or only its place is noted
   */
  keyValue(texts: 'decoded' | 'in-place' = 'decoded'): Key {
    const { reader } = this;
    const length = reader.uint32();
    const end = reader.at + length;
    let key = this.#noKey;
    this.type = AttributeType.empty;
    this.value = null;
    this.textAt = -1;
    while (reader.at < end) {
      const tag = reader.uint32();
      if (tag === 0x0a) {
        const keyLength = reader.uint32();
        key = this.#keys.get(reader.bytes, reader.view, reader.at, keyLength);
        reader.at += keyLength;
      } else if (tag === 0x12) this.#mergeValue(texts === 'in-place');
      else reader.skip(tag);
    }
    return key;
  }

  /** A `KeyValue` into a map. */
  attributeInto(map: Map<string, AttributeValue>): void {
    const key = this.keyValue();
    map.set(key.text, this.value);
  }

  /** An `AnyValue`, its length included, into what `type` and `value` hold already. */
  #mergeValue(inPlace: boolean): void {
    const { reader } = this;
    const length = reader.uint32();
    const end = reader.at + length;
    while (reader.at < end) {
      const tag = reader.uint32();
      if (tag === 0x0a) {
        this.type = AttributeType.string;
        if (inPlace) this.#noteText();
        else this.value = this.text();
      } else if (tag === 0x18) {
        this.value = reader.int64();
        this.type = AttributeType.int;
      } else this.#rareValue(tag);
    }
  }

  #noteText(): void {
    const { reader } = this;
    this.value = null;
    this.textLength = reader.uint32();
    this.textAt = reader.at;
    reader.at += this.textLength;
  }

  #rareValue(tag: number): void {
    const { reader } = this;
    switch (tag) {
      case 0x10:
        this.value = reader.bool();
        this.type = AttributeType.bool;
        return;
      case 0x21:
        this.value = reader.view.getFloat64(reader.at, true);
        this.type = AttributeType.double;
        reader.at += 8;
        return;
      case 0x2a:
        this.#array();
        return;
      case 0x32:
        this.#keyValueList();
        return;
      case 0x3a: {
        const length = reader.uint32();
        this.value = new Uint8Array(reader.bytes.subarray(reader.at, reader.at + length));
        this.type = AttributeType.bytes;
        reader.at += length;
        return;
      }
      default:
        reader.skip(tag);
    }
  }

  #array(): void {
    const { reader } = this;
    const length = reader.uint32();
    const end = reader.at + length;
    const list: AttributeValue[] = this.type === AttributeType.array ? (this.value as AttributeValue[]) : [];
    while (reader.at < end) {
      const tag = reader.uint32();
      if (tag === 0x0a) {
        this.type = AttributeType.empty;
        this.value = null;
        this.#mergeValue(false);
        list.push(this.value);
      } else reader.skip(tag);
    }
    this.type = AttributeType.array;
    this.value = list;
  }

  #keyValueList(): void {
    const { reader } = this;
    const length = reader.uint32();
    const end = reader.at + length;
    const map = this.type === AttributeType.kvlist ? (this.value as Map<string, AttributeValue>) : new Map();
    while (reader.at < end) {
      const tag = reader.uint32();
      if (tag === 0x0a) this.attributeInto(map);
      else reader.skip(tag);
    }
    this.type = AttributeType.kvlist;
    this.value = map;
  }
}
