/**
 * Browsers cap an element's height (Firefox at 17.9M px, Chromium at 33.5M px), so a million rows scroll on a
 * shorter track: a pixel of scrolling is then a little more than a pixel of rows.
 */
const maxTrackPx = 12_000_000;

export interface ScrollScale {
  readonly trackPx: number;
  /** Row pixels per scrolled pixel. */
  readonly ratio: number;
}

export function scrollScale(contentPx: number, viewportPx: number): ScrollScale {
  if (contentPx <= maxTrackPx) return { trackPx: contentPx, ratio: 1 };
  return { trackPx: maxTrackPx, ratio: (contentPx - viewportPx) / (maxTrackPx - viewportPx) };
}
