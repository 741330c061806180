import { useCallback, useEffect, useRef, useState } from 'react';
import { useUrlState } from '../app/url-state.ts';
import { formatWindow, parseWindow, type TimeWindow } from './waterfall/time-window.ts';

const settleMs = 250;

/** The window on the trace: at once on screen, and in the address once it has come to rest. */
export function useTimeWindow(total: number): [TimeWindow, (window: TimeWindow) => void] {
  const [{ zoom }, update] = useUrlState();
  const [moving, setMoving] = useState<{ window: TimeWindow; over: string | undefined } | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const setWindow = useCallback(
    (window: TimeWindow) => {
      setMoving({ window, over: zoom });
      clearTimeout(timer.current);
      timer.current = setTimeout(
        () => update({ zoom: formatWindow(window, total) }, { replace: true }),
        settleMs,
      );
    },
    [zoom, total, update],
  );
  // Once the address has changed under it, by us or by the back button, the address is right.
  const window = moving !== null && moving.over === zoom ? moving.window : parseWindow(zoom, total);
  return [window, setWindow];
}
