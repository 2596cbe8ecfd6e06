import type { Contestant } from '../../record/index.js';
import type { ColourName } from './theme.js';

/** How one series looks everywhere in the report. Colour, dash and shape each tell it apart alone. */
export interface SeriesStyle {
  readonly colour: ColourName;
  /** As in stroke-dasharray; 'none' is a solid line. */
  readonly dash: string;
  /** One of Plot's symbols. */
  readonly shape: (typeof SHAPES)[number];
}

/** Whose figures a series shows, and how they were measured where there are several ways. */
export interface Whose {
  readonly contestant: string;
  readonly variant?: string | undefined;
}

const COLOUR_ORDER = ['s2', 's1', 's3', 's4', 's6', 's5', 's8', 's7'] as const;
/** Grey is the engine's, and that of what nobody measured. */
const FREE_COLOURS = COLOUR_ORDER.slice(0, -1);
/** Who gets a colour first: there are more contestants than colours. */
const ROLE_ORDER = ['subject', 'direct', 'control', 'engine', 'variant'] as const;
const SHAPES = ['circle', 'square', 'triangle', 'diamond', 'star', 'cross', 'wye', 'hexagon'] as const;
const DASHES = ['none', '7,3', '2,2', '9,3,2,3', '4,2', '12,4', '1,3', '6,2,1,2,1,2'] as const;

/** The remainder of a split is what nobody measured: it gets no colour (method rule 17). */
const UNACCOUNTED: SeriesStyle = { colour: 's7', dash: 'none', shape: 'circle' };

/** Warm colours for a model in the web process, cool ones for TensorFlow Serving, grey for the bare engine. */
function preferred({ family, role }: Contestant): readonly ColourName[] {
  if (family === 'engine') return ['s7'];
  if (family === 'flask-style') return role === 'subject' ? ['s1'] : ['s6', 's4', 's8'];
  return role === 'direct' ? ['s3', 's8'] : ['s2', 's5'];
}

/** The styles of a report: a contestant keeps its own in all pictures. */
export class SeriesStyles {
  readonly #own = new Map<string, { readonly colour: ColourName; readonly index: number }>();

  constructor(contestants: readonly Contestant[]) {
    const used = new Set<ColourName>();
    const inOrder = contestants.toSorted((a, b) => ROLE_ORDER.indexOf(a.role) - ROLE_ORDER.indexOf(b.role));
    for (const [index, contestant] of inOrder.entries()) {
      const colour =
        preferred(contestant).find((each) => !used.has(each)) ??
        COLOUR_ORDER.find((each) => !used.has(each)) ??
        at(COLOUR_ORDER, index);
      used.add(colour);
      this.#own.set(contestant.id, { colour, index });
    }
  }

  /** Variants of a contestant share its colour and differ in dash and shape; those of a single one differ in colour too. */
  ofSeries(among: readonly Whose[]): (whose: Whose) => SeriesStyle {
    const variants = (contestant: string): (string | undefined)[] => [
      ...new Set(among.filter((each) => each.contestant === contestant).map(({ variant }) => variant)),
    ];
    const alone = new Set(among.map(({ contestant }) => contestant)).size === 1;
    const names = this.ofNames(among.map(({ variant }) => variant ?? ''));
    return ({ contestant, variant }) => {
      const nth = variants(contestant).indexOf(variant);
      if (alone && variants(contestant).length > 1) return names(variant ?? '');
      const { colour, index } = this.#own.get(contestant) ?? { colour: at(COLOUR_ORDER, nth), index: nth };
      return styleAt(colour, index + Math.max(0, nth) * 3);
    };
  }

  /** Of what is no contestant: colours in the order of the names. */
  ofNames(among: readonly string[]): (name: string) => SeriesStyle {
    const names = [...new Set(among)].filter((name) => name !== 'unaccounted');
    return (name) => {
      const index = names.indexOf(name);
      return index < 0 ? UNACCOUNTED : styleAt(at(FREE_COLOURS, index), index);
    };
  }
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
