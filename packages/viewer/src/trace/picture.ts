import type { RefObject } from 'react';

/** A view from its first row to its last, as it would be drawn with room enough. */
export interface Picture {
  readonly width: number;
  readonly headerHeight: number;
  readonly rowHeight: number;
  readonly rowCount: number;
  readonly draw: (context: CanvasRenderingContext2D, height: number) => void;
}

/** What the view on the page would be as a picture; null where it has none. */
export type PictureSource = RefObject<(() => Picture) | null>;

export interface PictureColors {
  readonly surface: string;
  readonly text: string;
  readonly muted: string;
}

/** Canvases end at 16,384 pixels in Chromium and Safari. */
const maxPixels = 16_000;
const titleHeight = 34;
const noteHeight = 28;

/** How many rows of a picture find room, and how fine it can be. */
export function pictureSize(picture: Pick<Picture, 'headerHeight' | 'rowHeight' | 'rowCount'>): {
  readonly rows: number;
  readonly ratio: 1 | 2;
} {
  const around = titleHeight + picture.headerHeight + noteHeight;
  const rows = Math.min(picture.rowCount, Math.floor((maxPixels - around) / picture.rowHeight));
  return { rows, ratio: (around + rows * picture.rowHeight) * 2 <= maxPixels ? 2 : 1 };
}

/** The whole view below a line that says what it is; cut, and saying so, where a canvas would end. */
export async function pictureBlob(
  picture: Picture,
  title: string,
  colors: PictureColors,
): Promise<Blob | null> {
  const { rows, ratio } = pictureSize(picture);
  const height = picture.headerHeight + rows * picture.rowHeight;
  const isCut = rows < picture.rowCount;
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(picture.width * ratio);
  canvas.height = Math.round((titleHeight + height + (isCut ? noteHeight : 8)) * ratio);
  const context = canvas.getContext('2d');
  if (context === null) return null;
  context.scale(ratio, ratio);
  context.fillStyle = colors.surface;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.textBaseline = 'middle';
  context.font = '600 13px system-ui, sans-serif';
  context.fillStyle = colors.text;
  context.fillText(title, 10, titleHeight / 2, picture.width - 20);
  context.save();
  context.translate(0, titleHeight);
  context.beginPath();
  context.rect(0, 0, picture.width, height);
  context.clip();
  picture.draw(context, height);
  context.restore();
  if (isCut) {
    context.font = '12px system-ui, sans-serif';
    context.fillStyle = colors.muted;
    const text = `The picture ends here, after ${rows} of ${picture.rowCount} rows.`;
    context.fillText(text, 10, titleHeight + height + noteHeight / 2);
  }
  return new Promise((resolve) => {
    canvas.toBlob(resolve, 'image/png');
  });
}
