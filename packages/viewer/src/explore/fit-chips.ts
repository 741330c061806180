/**
 * How many of the chips, from the first, stand side by side in `available` pixels, leaving room for a "+2" of
 * `moreWidth` when not all do. At least one, which is then cut by its own ellipsis.
 */
export function fitChips(
  widths: readonly number[],
  room: { readonly available: number; readonly gap: number; readonly moreWidth: number },
): number {
  let used = 0;
  let fitting = 0;
  for (const [index, width] of widths.entries()) {
    used += width + (index === 0 ? 0 : room.gap);
    const rest = index === widths.length - 1 ? 0 : room.gap + room.moreWidth;
    if (used + rest <= room.available) fitting = index + 1;
    else if (used > room.available) break;
  }
  return Math.max(1, fitting);
}
