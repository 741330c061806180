import type { TraceOutline } from '@utxoiq/model';

/** A span may come without a name; where it is drawn, listed or linked there must still be something to see. */
export function shownName(name: string): string {
  return name === '' ? '(no name)' : name;
}

export function rowName({ names, nameIndexes }: TraceOutline, row: number): string {
  return shownName(names[nameIndexes[row] ?? 0] ?? '');
}
