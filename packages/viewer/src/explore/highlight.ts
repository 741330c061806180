export interface Piece {
  readonly text: string;
  readonly kind: 'plain' | 'key' | 'operator' | 'value' | 'word';
}

const pattern =
  /(?<word>\b(?:AND|OR|NOT)\b(?![=:!<>~]))|(?<key>"(?:[^"\\]|\\.)*"|[^\s(){}"=!<>~:]+)(?<operator>\s*(?:==|!=|!~|<=|>=|[=~<>])\s*|:)(?<value>"(?:[^"\\]|\\.)*"?|[^\s"(){}]*)/g;

/** Colours only: a text that this reads wrongly is still parsed, and its fault shown, by `parseQuery`. */
export function highlight(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > at) pieces.push({ text: text.slice(at, match.index), kind: 'plain' });
    for (const kind of ['word', 'key', 'operator', 'value'] as const) {
      const part = match.groups?.[kind];
      if (part) pieces.push({ text: part, kind });
    }
    at = match.index + match[0].length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), kind: 'plain' });
  return pieces;
}

/** The pieces with the part from `from` to `to` marked, cut where the mark begins and ends. */
export function markPieces(
  pieces: readonly Piece[],
  from: number,
  to: number,
): readonly (Piece & { readonly bad: boolean })[] {
  const marked: (Piece & { bad: boolean })[] = [];
  let at = 0;
  for (const { text, kind } of pieces) {
    const cuts = [0, from - at, to - at, text.length].map((cut) => Math.min(text.length, Math.max(0, cut)));
    for (let index = 0; index < 3; index += 1) {
      const part = text.slice(cuts[index], cuts[index + 1]);
      if (part !== '') marked.push({ text: part, kind, bad: index === 1 });
    }
    at += text.length;
  }
  return marked;
}
