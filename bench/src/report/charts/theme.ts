/**
 * Every colour of the report by name, light and dark. Pictures are drawn in the light values, and a style sheet turns them
 * dark. Lines and marks reach a contrast of 3:1 on their surface, words 4.5:1.
 */
export const COLOURS = {
  surface: ['#ffffff', '#12161b'],
  ink: ['#1b2127', '#e6eaef'],
  muted: ['#57626e', '#9da8b4'],
  axis: ['#a3adb7', '#56616d'],
  grid: ['#e7ebef', '#262d35'],
  band: ['#e3ecf5', '#1d2a38'],
  // Okabe and Ito's colour-blind safe set, darkened on white and lightened on black where its own values are too faint.
  s1: ['#c9540a', '#f0883e'],
  s2: ['#0b6cae', '#58a9e2'],
  s3: ['#0a8a66', '#35c69f'],
  s4: ['#b5528b', '#e394c4'],
  s5: ['#3b93c9', '#9bd1f5'],
  s6: ['#a87400', '#eebc4a'],
  s7: ['#66717c', '#a9b4bf'],
  s8: ['#6b4aa0', '#bba2ec'],
} as const satisfies Record<string, readonly [light: string, dark: string]>;

export type ColourName = keyof typeof COLOURS;

export function light(name: ColourName): string {
  return COLOURS[name][0];
}

/** Rules of a style sheet that give what is drawn inside `scope` other colours. */
export function recolour(scope: string, to: (name: ColourName) => string): string {
  return (Object.keys(COLOURS) as ColourName[])
    .flatMap((name) => ['fill', 'stroke'].map((what) => `${scope} [${what}="${light(name)}"]{${what}:${to(name)}}`))
    .join('');
}

export const CHART_FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";
export const FONT_SIZE = 12;

/** Average width of a character of a sans-serif font at FONT_SIZE, on the wide side: pictures are laid out without a browser. */
export function estimateTextWidth(text: string): number {
  return text.length * FONT_SIZE * 0.57;
}
