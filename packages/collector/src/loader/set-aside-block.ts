import { SpanBlock, type SpanRow } from '@utxoiq/store';
import type { SetAsideBlocks } from '../log/set-aside-blocks.ts';
import { readSpanRecord } from '../log/span-record.ts';
import { RequestDecoder } from '../otlp/request-decoder.ts';

/**
 * A block that was set aside, made again as it was.
 * @param onSpan gets each of its spans, in a row that is filled anew for the next
 * @throws if the file is damaged, or was written by a newer version
 */
export async function readSetAsideBlock(
  setAside: SetAsideBlocks,
  token: string,
  onSpan: (row: SpanRow) => void = () => {},
): Promise<SpanBlock> {
  const block = new SpanBlock();
  const decoder = new RequestDecoder();
  for (const bytes of await setAside.get(token)) {
    const record = readSpanRecord(bytes, 0);
    if (record === null) throw new Error('a record is of an unknown version');
    const { bodyAt, defaultProject, rejected } = record;
    const request = { bytes, start: bodyAt, end: bytes.length, defaultProject, rejected };
    decoder.decode(request, (row) => {
      block.add(row);
      onSpan(row);
    });
  }
  return block;
}
