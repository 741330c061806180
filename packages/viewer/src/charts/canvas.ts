import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { isPrinting, useTheme } from '../app/theme.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The element's size in CSS pixels, kept up to date. */
export function useSize<T extends HTMLElement>(): [React.RefObject<T | null>, Size] {
  const ref = useRef<T>(null);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const measure = () => {
      // What is on the screen is scaled to the paper: there is nobody to scroll to more of it.
      if (isPrinting()) return;
      const { clientWidth: width, clientHeight: height } = element;
      setSize((old) => (old.width === width && old.height === height ? old : { width, height }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, size];
}

/** Makes the canvas as fine as the screen and gives its context, scaled to CSS pixels and cleared. */
export function prepareCanvas(canvas: HTMLCanvasElement, size: Size): CanvasRenderingContext2D | null {
  const ratio = Math.min(window.devicePixelRatio || 1, 2);
  const width = Math.max(1, Math.round(size.width * ratio));
  const height = Math.max(1, Math.round(size.height * ratio));
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext('2d');
  if (context === null) return null;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, size.width, size.height);
  return context;
}

/** Draws again whenever `draw`, the size or the theme changes. */
export function useDrawing(draw: (context: CanvasRenderingContext2D, size: Size) => void, size: Size) {
  const ref = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme means other colours
  useEffect(() => {
    if (ref.current === null || size.width === 0) return;
    const context = prepareCanvas(ref.current, size);
    if (context !== null) draw(context, size);
  }, [draw, size, theme]);
  return ref;
}
