import type { CellResult } from '../../record/index.js';
import { isRange, saturationPoint, spanWords, trialsUsed } from '../../stats/index.js';
import { seriesName } from '../charts/chart-parts.js';
import type { SeriesStyle } from '../charts/series-style.js';
import { paragraph, section, type Block, type FigureBlock, type Section, type TableBlock } from '../document/block.js';
import { count, ms, number, tableOf, text, validity, type Column } from '../document/table.js';
import { formatCount, formatRate, formatSpan } from '../../words/number.js';
import { groupBy } from '../group-by.js';
import { concurrencyOf, loadSweeps, mainCells, percentileMs, whoseOf, type LoadSweep } from './cell-selection.js';
import type { ReportContext } from './report-context.js';

const MOST_SETTINGS = 3;

interface CurvePoint {
  readonly name: string;
  readonly contestant: string;
  readonly clients: number;
  readonly perS: CellResult['throughputPerS'];
  /** Trials that it is the mean of. */
  readonly trials: number;
  /** Null where the samples do not certify it (method rule 9). */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly valid: boolean;
  readonly saturated: boolean;
}

interface Curve {
  readonly name: string;
  readonly contestant: string;
  readonly style: SeriesStyle;
  /** In order of clients. */
  readonly points: readonly CurvePoint[];
}

/** Latency against throughput for each contestant, and where more clients stop to help. */
export function throughputSection(context: ReportContext, cells: readonly CellResult[]): Section {
  const body = throughputBlocks(context, cells);
  const none = 'No contestant was measured with more than one number of clients.';
  return section('throughput', 'Latency and throughput', 'Throughput', body.length > 0 ? body : paragraph(none));
}

export function throughputBlocks(context: ReportContext, cells: readonly CellResult[]): Block[] {
  return loadSweeps(mainCells(cells))
    .map((sweep) => ({ sweep, curves: curvesOf(context, sweep) }))
    .filter(({ curves }) => curves.some(({ points }) => points.length > 1))
    .slice(0, MOST_SETTINGS)
    .flatMap(({ sweep, curves }) => [curveFigure(context, sweep, curves), highestTable(sweep, curves)]);
}

function curvesOf(context: ReportContext, { cells }: LoadSweep): Curve[] {
  const closed = cells
    .filter((each) => concurrencyOf(each) !== undefined)
    .toSorted((a, b) => (concurrencyOf(a) ?? 0) - (concurrencyOf(b) ?? 0));
  const styleOf = context.styles.ofSeries(closed.map((each) => whoseOf(each, closed)));
  const inOrder = cells
    .filter((each) => closed.includes(each))
    .map((each) => seriesName(whoseOf(each, closed), context));
  const groups = groupBy(closed, (each) => seriesName(whoseOf(each, closed), context));
  return [...new Set(inOrder)].flatMap((name) => {
    const members = groups.get(name) ?? [];
    const [first] = members;
    if (first === undefined) return [];
    const { contestant } = first.cell;
    const saturation = saturationPoint(
      members
        .filter(({ valid }) => valid)
        .map((each) => ({ load: concurrencyOf(each) ?? 0, throughputPerS: each.throughputPerS.value })),
    );
    const points = members.map((each): CurvePoint => ({
      name,
      contestant,
      clients: concurrencyOf(each) ?? 0,
      perS: each.throughputPerS,
      trials: trialsUsed(each),
      p50Ms: percentileMs(each.response, 0.5),
      p99Ms: percentileMs(each.response, 0.99),
      valid: each.valid,
      saturated: saturation?.reached === true && each.valid && saturation.load === concurrencyOf(each),
    }));
    return [{ name, contestant, style: styleOf(whoseOf(first, closed)), points }];
  });
}

function curveFigure(context: ReportContext, { setting, cells }: LoadSweep, curves: readonly Curve[]): FigureBlock {
  const points = curves.flatMap((curve) => curve.points);
  const levels = [...new Set(points.map(({ clients }) => clients))].toSorted((a, b) => a - b);
  const invalid = points.some(({ valid }) => !valid);
  const panels = [
    { title: 'Median (p50)', ms: ({ p50Ms }: CurvePoint) => p50Ms },
    { title: 'Tail (p99, where certified)', ms: ({ p99Ms }: CurvePoint) => p99Ms },
  ].filter(({ ms }) => points.some((point) => (ms(point) ?? 0) > 0));
  const title = 'Latency against throughput';
  return context.figure({
    title,
    caption: `Closed loop with ${levels.join(', ')} clients, from left to right along each line; ${setting}. Lower and further right is better. Throughputs are drawn with ${spanWords(cells.filter((each) => concurrencyOf(each) !== undefined))}. A ring marks saturation: the fewest clients that bring 95% of the highest throughput.${invalid ? ' A × is INVALID and decides nothing.' : ''}`,
    alternative: `Latency against throughput. ${curves.map(curveWords).join('; ')}.`,
    drawing: {
      kind: 'xy',
      x: { label: 'correct answers per second', scale: 'linear', zero: true },
      y: { label: 'response time, ms (logarithmic)', scale: 'log' },
      panels: panels.map(({ title: name, ms }) => ({
        title: name,
        lines: curves.map((curve) => ({
          ...curve,
          points: curve.points.flatMap((point) => {
            const y = ms(point);
            const { perS, valid, saturated } = point;
            if (y === null || y <= 0) return [];
            return [{ x: perS.value, y, valid, ringed: saturated, xSpan: [perS.low, perS.high] as const }];
          }),
        })),
      })),
    },
    data: tableOf(
      `Data of “${title}”`,
      points,
      [
        text('Contestant', ({ name }) => name),
        count('Clients', ({ clients }) => clients),
        number('Throughput', ({ perS }) => perS.value, formatRate),
        spanColumn(points),
        ms('p50', ({ p50Ms }) => p50Ms, 'n too small'),
        ms('p99', ({ p99Ms }) => p99Ms, 'n too small'),
        validity(({ valid }) => valid),
      ],
      { of: ({ contestant }) => contestant },
    ),
  });
}

function bestOf({ points }: Curve): CurvePoint | undefined {
  return points.filter(({ valid }) => valid).toSorted((a, b) => b.perS.value - a.perS.value)[0];
}

function curveWords(curve: Curve): string {
  const best = bestOf(curve);
  return best === undefined
    ? `${curve.name}: no valid point`
    : `${curve.name}: at most ${formatRate(best.perS.value)}, with ${formatCount(best.clients)} clients`;
}

/** Two values or three are no 95% interval, whatever is computed from them (method rule 9). */
function spanColumn(points: readonly CurvePoint[]): Column<CurvePoint> {
  const ranges = points.some(({ trials }) => isRange(trials));
  return text(ranges ? '95% interval, or range' : '95% interval', ({ perS, trials }) => {
    if (trials === 1) return 'one trial';
    const span = formatSpan(perS.low, perS.high);
    return isRange(trials) ? `${span} (range of ${formatCount(trials)} trials)` : span;
  });
}

function highestTable({ setting }: LoadSweep, curves: readonly Curve[]): TableBlock {
  const highest = curves.flatMap((curve) => bestOf(curve) ?? []);
  const saturation = ({ name }: CurvePoint): number | undefined =>
    curves.find((curve) => curve.name === name)?.points.find(({ saturated }) => saturated)?.clients;
  return tableOf(
    `Highest throughput, ${setting}`,
    highest,
    [
      text('Contestant', ({ name }) => name),
      number('Highest throughput', ({ perS }) => perS.value, formatRate),
      spanColumn(highest),
      count('With clients', ({ clients }) => clients),
      ms('p50 there', ({ p50Ms }) => p50Ms, 'n too small'),
      ms('p99 there', ({ p99Ms }) => p99Ms, 'n too small'),
      count('Saturates at clients', saturation, 'not reached'),
    ],
    {
      of: ({ contestant }) => contestant,
      note: 'Saturation: the fewest clients that bring 95% of the highest throughput; “not reached” where that is the last level.',
    },
  );
}
