import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { colorDistance, contrast } from './color-distance.ts';
import { servicePalette } from './service-color.ts';
import { ServiceSlots } from './service-slots.ts';

const tokens = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
/** The value of a token in a theme's block. */
function token(theme: 'dark' | 'light', name: string): string {
  const block = tokens.slice(tokens.indexOf(`[data-theme="${theme}"]`));
  return new RegExp(`--${name}: (#[0-9a-f]{6})`).exec(block)?.[1] ?? '';
}

describe.each(['dark', 'light'] as const)('the %s colours of services', (theme) => {
  const palette = servicePalette[theme];

  it('can be read on every surface, and so can what is written on them', () => {
    for (const surface of ['bg', 'surface', 'raised']) {
      for (const color of palette) {
        // Text is written on the colour in that of the surface; on the page around it stand swatches and bars.
        const least = surface === 'bg' && theme === 'light' ? 3 : 4.5;
        expect(contrast(color, token(theme, surface)), `${color} on ${surface}`).toBeGreaterThan(least);
      }
    }
  });

  it('are far from each other and from the red of errors', () => {
    for (const [index, color] of palette.entries()) {
      expect(colorDistance(color, token(theme, 'error')), color).toBeGreaterThan(0.1);
      for (const other of palette.slice(index + 1)) {
        expect(colorDistance(color, other), `${color} ${other}`).toBeGreaterThan(0.08);
      }
    }
  });
});

describe('the slots of services', () => {
  const slots = () => new ServiceSlots(servicePalette.dark);
  const ours = ['feature-engine', 'insight-generator', 'web-api', 'worker', 'caller'];

  it('keeps the slot of a name, and gives an empty page the same one every time', () => {
    const one = slots();
    const first = ours.map((name) => one.slotOf(name));
    expect(ours.map((name) => one.slotOf(name))).toEqual(first);
    const other = slots();
    expect(ours.map((name) => other.slotOf(name))).toEqual(first);
  });

  it('gives the first services colours that nobody takes for each other', () => {
    const one = slots();
    const colors = ours.map((name) => servicePalette.dark[one.slotOf(name)] ?? '');
    for (const [index, color] of colors.entries()) {
      for (const other of colors.slice(index + 1)) expect(colorDistance(color, other)).toBeGreaterThan(0.16);
    }
  });

  it('takes up slots of before, and leaves out what is none', () => {
    const one = slots();
    one.restore({ worker: 3, caller: 99, other: 'blue' });
    expect(one.slotOf('worker')).toBe(3);
    expect([...one.entries()]).toEqual([['worker', 3]]);
  });

  it('gives sixteen services sixteen colours, and spreads more of them evenly', () => {
    const one = slots();
    const used = Array.from({ length: 48 }, (_, index) => one.slotOf(`service-${index}`));
    expect(new Set(used.slice(0, 16)).size).toBe(16);
    for (let slot = 0; slot < 16; slot += 1) expect(used.filter((taken) => taken === slot)).toHaveLength(3);
  });
});
