import { SpanBlock } from '@utxoiq/store';
import type { SetAsideBlocks } from '../log/set-aside-blocks.ts';
import { readSpanRecord } from '../log/span-record.ts';
import { RequestDecoder } from '../otlp/request-decoder.ts';

/** A block that was set aside, made again as it was, and what an operator wants to know of it. */
export interface SetAsideBlock {
  readonly block: SpanBlock;
  readonly services: ReadonlySet<string>;
  readonly projects: ReadonlySet<string>;
}

/** @throws if the file is damaged, or was written by a newer version */
export async function readSetAsideBlock(setAside: SetAsideBlocks, token: string): Promise<SetAsideBlock> {
  const block = new SpanBlock();
  const decoder = new RequestDecoder();
  const services = new Set<string>();
  const projects = new Set<string>();
  for (const bytes of await setAside.get(token)) {
    const record = readSpanRecord(bytes, 0);
    if (record === null) throw new Error('a record is of an unknown version');
    const { bodyAt, defaultProject, rejected } = record;
    const request = { bytes, start: bodyAt, end: bytes.length, defaultProject, rejected };
    decoder.decode(request, (row) => {
      block.add(row);
      services.add(String(row.resource.attributes.get('service.name') ?? ''));
      projects.add(row.projectId);
    });
  }
  return { block, services, projects };
}
