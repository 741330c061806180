import { describe, expect, it } from 'vitest';
import { clampWindow, formatWindow, panWindow, parseWindow, zoomWindow } from './time-window.ts';

describe('the window on a trace', () => {
  it('keeps the moment under the pointer where it is', () => {
    const zoomed = zoomWindow({ from: 0, to: 1000 }, 0.5, 0.25, 1000);
    expect(zoomed).toEqual({ from: 125, to: 625 });
    expect(zoomed.from + (zoomed.to - zoomed.from) * 0.25).toBe(250);
  });

  it('never leaves the trace and never gets narrower than can be shown', () => {
    expect(panWindow({ from: 900, to: 1000 }, 0.5, 1000)).toEqual({ from: 900, to: 1000 });
    expect(panWindow({ from: 10, to: 110 }, -1, 1000)).toEqual({ from: 0, to: 100 });
    expect(clampWindow({ from: -5, to: 5000 }, 1000)).toEqual({ from: 0, to: 1000 });
    expect(zoomWindow({ from: 0, to: 100 }, 1e-9, 0, 1000).to).toBeGreaterThan(0);
  });

  it('survives the way through the address; a bent one shows everything', () => {
    const window = { from: 125, to: 625 };
    expect(parseWindow(formatWindow(window, 1000), 1000)).toEqual(window);
    expect(formatWindow({ from: 0, to: 1000 }, 1000)).toBeUndefined();
    expect(parseWindow('9-x', 1000)).toEqual({ from: 0, to: 1000 });
    expect(parseWindow(undefined, 0)).toEqual({ from: 0, to: 1 });
  });
});
