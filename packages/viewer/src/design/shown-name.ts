import type { TraceOutline } from '@utxoiq/model';

/** What turns the writing around: a name with one of these reads as another than it is, and so does what follows it. */
const turnsAround = /[\u202a-\u202e\u2066-\u2069]/g;

/** A span may come without a name; where it is drawn, listed or linked there must still be something to see. */
export function shownName(name: string): string {
  return name.replace(turnsAround, '') || '(no name)';
}

export function rowName({ names, nameIndexes }: TraceOutline, row: number): string {
  return shownName(names[nameIndexes[row] ?? 0] ?? '');
}
