import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { COLOURS, type ColourName } from './theme.js';

/** WCAG 2.2 contrast of two colours. */
function contrast(one: string, other: string): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe('the colours of pictures', () => {
  for (const theme of [0, 1] as const) {
    const of = (name: ColourName): string => COLOURS[name][theme];
    it(`can be told from the surface, ${theme === 0 ? 'light' : 'dark'}`, () => {
      for (const name of ['ink', 'muted'] as const) assert.ok(contrast(of(name), of('surface')) >= 4.5, name);
      for (const name of ['s1', 's2', 's3', 's4', 's5', 's6', 's7', 's8'] as const)
        assert.ok(contrast(of(name), of('surface')) >= 3, `${name}: ${contrast(of(name), of('surface'))}`);
    });
  }

  it('differ in their light values, by which the style sheets find them', () => {
    assert.equal(new Set(Object.values(COLOURS).map(([light]) => light)).size, Object.keys(COLOURS).length);
  });
});
