import type { Contestant } from '../../record/index.js';
import type { ColourName } from './theme.js';

/** How one series looks everywhere in the report. Colour, dash and shape each tell it apart alone. */
export interface SeriesStyle {
  readonly colour: ColourName;
  readonly dash: readonly number[];
  readonly shape: string;
}

export type StyleOf = (series: string) => SeriesStyle;

const COLOUR_ORDER: readonly ColourName[] = ['s2', 's1', 's3', 's4', 's6', 's5', 's8', 's7'];
const SHAPES = [
  'circle',
  'square',
  'triangle-up',
  'diamond',
  'triangle-down',
  'cross',
  'triangle-right',
  'triangle-left',
];
const DASHES = [
  [1, 0],
  [7, 3],
  [2, 2],
  [9, 3, 2, 3],
  [4, 2],
  [12, 4],
  [1, 3],
  [6, 2, 1, 2, 1, 2],
];

/** Warm colours for a model in the web process, cool ones for TensorFlow Serving, grey for the bare engine. */
function preferred({ family, role }: Contestant): readonly ColourName[] {
  if (family === 'engine') return ['s7'];
  if (family === 'flask-style') return role === 'subject' ? ['s1'] : ['s6', 's4', 's8'];
  return role === 'direct' ? ['s3', 's8'] : ['s2', 's5'];
}

/** The remainder of a split is what nobody measured: it gets no colour (method rule 17). */
const UNACCOUNTED: SeriesStyle = { colour: 's7', dash: [1, 0], shape: 'circle' };

/**
 * Styles for the names that occur in one picture. A contestant, by id or label, keeps its own in all pictures; other names
 * get what is left, in the order in which they occur.
 */
export function seriesStyles(contestants: readonly Contestant[]): (names: readonly string[]) => StyleOf {
  const fixed = new Map([...contestantStyles(contestants), ['unaccounted', UNACCOUNTED]]);
  return (names) => {
    const styles = new Map<string, SeriesStyle>();
    const taken = new Set(names.flatMap((name) => fixed.get(name)?.colour ?? []));
    const free = COLOUR_ORDER.filter((colour) => !taken.has(colour));
    const colours = free.length > 0 ? free : COLOUR_ORDER;
    let next = 0;
    for (const name of new Set(names)) {
      styles.set(name, fixed.get(name) ?? styleAt(at(colours, next), next));
      if (!fixed.has(name)) next += 1;
    }
    return (series) => styles.get(series) ?? UNACCOUNTED;
  };
}

function contestantStyles(contestants: readonly Contestant[]): Map<string, SeriesStyle> {
  const used = new Set<ColourName>();
  const styles = new Map<string, SeriesStyle>();
  for (const [index, contestant] of contestants.entries()) {
    const colour =
      preferred(contestant).find((each) => !used.has(each)) ??
      COLOUR_ORDER.find((each) => !used.has(each)) ??
      at(COLOUR_ORDER, index);
    used.add(colour);
    for (const name of [contestant.id, contestant.label]) styles.set(name, styleAt(colour, index));
  }
  return styles;
}

/** Beyond eight series a colour comes again, but with another shape and dash. */
function styleAt(colour: ColourName, index: number): SeriesStyle {
  const round = index + Math.floor(index / COLOUR_ORDER.length);
  return { colour, dash: at(DASHES, round), shape: at(SHAPES, round) };
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index % list.length];
  if (found === undefined) throw new RangeError('an empty list of styles');
  return found;
}
