import { nodeHeight, type PlacedNode, type Point } from './layout.ts';

/** What an arrow's head takes of the end of its line. */
const arrowPx = 7;

type Curve = readonly [Point, Point, Point, Point];

/** The curves of a route through the columns: flat at both ends. */
export function curvesOf(route: readonly Point[]): readonly Curve[] {
  const curves: Curve[] = [];
  for (let index = 0; index + 1 < route.length; index += 2) {
    const from = route[index];
    const next = route[index + 1];
    if (from === undefined || next === undefined) continue;
    const to = index + 2 === route.length ? { x: next.x - arrowPx, y: next.y } : next;
    const bend = (to.x - from.x) / 2;
    curves.push([from, { x: from.x + bend, y: from.y }, { x: to.x - bend, y: to.y }, to]);
  }
  return curves;
}

/** Back to an earlier column, or to itself: around below. */
export function backCurve(from: PlacedNode, to: PlacedNode): Curve {
  const isSame = from.name === to.name;
  const x0 = from.x + from.width * (isSame ? 0.7 : 0.5);
  const x1 = to.x + to.width * (isSame ? 0.3 : 0.5);
  const low = Math.max(from.y, to.y) + nodeHeight + (isSame ? 22 : 34);
  const bottom = nodeHeight;
  return [
    { x: x0, y: from.y + bottom },
    { x: x0, y: low },
    { x: x1, y: low },
    { x: x1, y: to.y + bottom + arrowPx },
  ];
}

export function pathOf(curves: readonly Curve[]): string {
  return curves
    .map(
      ([a, b, c, d], index) =>
        `${index === 0 ? 'M' : 'L'}${a.x} ${a.y} C${b.x} ${b.y} ${c.x} ${c.y} ${d.x} ${d.y}`,
    )
    .join(' ');
}

function pointOn([a, b, c, d]: Curve, t: number): Point {
  const u = 1 - t;
  const mix = (k: 'x' | 'y') =>
    u * u * u * a[k] + 3 * u * u * t * b[k] + 3 * u * t * t * c[k] + t * t * t * d[k];
  return { x: mix('x'), y: mix('y') };
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}
function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

export interface Labelled {
  readonly curves: readonly Curve[];
  readonly width: number;
}
export const labelHeight = 16;
const tries = [0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78];

/**
 * A box on each line where none of the others and no service stands, in the order given; null where there is none
 * left: a label that cannot be read says less than none.
 */
export function placeLabels(lines: readonly Labelled[], nodes: readonly Box[]): readonly (Box | null)[] {
  const taken: Box[] = [...nodes];
  return lines.map(({ curves, width }) => {
    for (const t of tries) {
      for (const curve of curves) {
        const { x, y } = pointOn(curve, t);
        const box = { x: x - width / 2, y: y - labelHeight / 2, width, height: labelHeight };
        if (taken.some((other) => overlap(other, box))) continue;
        taken.push(box);
        return box;
      }
    }
    return null;
  });
}
