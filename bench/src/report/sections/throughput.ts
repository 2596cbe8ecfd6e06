import { percentileMs, type CellResult } from '../../record/index.js';
import { isRange, saturationPoint, spanWords, trialsUsed } from '../../stats/index.js';
import { seriesOf } from '../charts/chart-parts.js';
import type { DrawnPoint, DrawnSeries, XyDrawing } from '../charts/drawing.js';
import type { Whose } from '../charts/series-style.js';
import { paragraph, section, type Block, type FigureBlock, type Section, type TableBlock } from '../document/block.js';
import { count, dataTable, ms, number, tableOf, text, validity, type Column } from '../document/table.js';
import { formatCount, formatRate, formatSpan } from '../../words/number.js';
import { concurrencyOf, loadSweeps, mainCells, whoseOf, type LoadSweep } from './cell-selection.js';
import type { ReportContext } from './report-context.js';

const MOST_SETTINGS = 3;

interface CurvePoint extends Whose {
  readonly clients: number;
  readonly perS: CellResult['throughputPerS'];
  /** Trials that it is the mean of. */
  readonly trials: number;
  /** Null where the samples do not certify it (method rule 9). */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly valid: boolean;
}

interface Curve extends DrawnSeries {
  /** Clients; undefined where the last level is the highest. */
  readonly saturatesAt: number | undefined;
  /** In order of clients. */
  readonly points: readonly (CurvePoint & { readonly name: string })[];
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
  const closed = cells.filter((each) => concurrencyOf(each) !== undefined);
  const points = closed.map((each): CurvePoint => ({
    ...whoseOf(each, closed),
    clients: concurrencyOf(each) ?? 0,
    perS: each.throughputPerS,
    trials: trialsUsed(each),
    p50Ms: percentileMs(each.response, 0.5),
    p99Ms: percentileMs(each.response, 0.99),
    valid: each.valid,
  }));
  return seriesOf(points, context).map(({ points: own, ...series }) => {
    const rising = own.toSorted((a, b) => a.clients - b.clients).map((point) => ({ ...point, name: series.name }));
    const valid = rising.filter((point) => point.valid);
    const loads = valid.map(({ clients, perS }) => ({ load: clients, throughputPerS: perS.value }));
    return { ...series, points: rising, saturatesAt: saturationPoint(loads) };
  });
}

function curveFigure(context: ReportContext, { setting, cells }: LoadSweep, curves: readonly Curve[]): FigureBlock {
  const points = curves.flatMap((curve) => curve.points);
  const levels = [...new Set(points.map(({ clients }) => clients))].toSorted((a, b) => a - b);
  const closed = cells.filter((each) => concurrencyOf(each) !== undefined);
  const invalid = points.some(({ valid }) => !valid) ? ' A × is INVALID and decides nothing.' : '';
  const panels = [
    { title: 'Median (p50)', of: 'p50Ms' },
    { title: 'Tail (p99, where certified)', of: 'p99Ms' },
  ] as const;
  const title = 'Latency against throughput';
  return context.figure({
    title,
    caption: `Closed loop with ${levels.join(', ')} clients, from left to right along each line; ${setting}. Lower and further right is better. Throughputs are drawn with ${spanWords(closed)}. A ring marks saturation: the fewest clients that bring 95% of the highest throughput.${invalid}`,
    alternative: `Latency against throughput. ${curves.map(curveWords).join('; ')}.`,
    drawing: {
      kind: 'xy',
      x: { label: 'correct answers per second', scale: 'linear', zero: true },
      y: { label: 'response time, ms (logarithmic)', scale: 'log' },
      panels: panels
        .filter(({ of }) => points.some((point) => (point[of] ?? 0) > 0))
        .map(({ title: name, of }) => ({ title: name, lines: curves.map((curve) => lineOf(curve, of)) })),
    },
    data: dataTable(title, points, [
      text('Contestant', ({ name }) => name),
      count('Clients', ({ clients }) => clients),
      number('Throughput', ({ perS }) => perS.value, formatRate),
      spanColumn(points),
      ms('p50', ({ p50Ms }) => p50Ms, 'n too small'),
      ms('p99', ({ p99Ms }) => p99Ms, 'n too small'),
      validity(({ valid }) => valid),
    ]),
  });
}

function lineOf(
  { saturatesAt, points, ...series }: Curve,
  of: 'p50Ms' | 'p99Ms',
): XyDrawing['panels'][number]['lines'][number] {
  const drawn = points.flatMap(({ clients, perS, valid, [of]: y }): DrawnPoint[] => {
    const ringed = valid && clients === saturatesAt;
    return y === null || y <= 0 ? [] : [{ x: perS.value, y, valid, ringed, xSpan: [perS.low, perS.high] }];
  });
  return { ...series, points: drawn };
}

function bestOf({ points }: Curve): Curve['points'][number] | undefined {
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
  const highest = curves.flatMap((curve) => {
    const best = bestOf(curve);
    return best === undefined ? [] : [{ ...best, saturatesAt: curve.saturatesAt }];
  });
  return tableOf(
    {
      caption: `Highest throughput, ${setting}`,
      note: 'Saturation: the fewest clients that bring 95% of the highest throughput; “not reached” where that is the last level.',
    },
    highest,
    [
      text('Contestant', ({ name }) => name),
      number('Highest throughput', ({ perS }) => perS.value, formatRate),
      spanColumn(highest),
      count('With clients', ({ clients }) => clients),
      ms('p50 there', ({ p50Ms }) => p50Ms, 'n too small'),
      ms('p99 there', ({ p99Ms }) => p99Ms, 'n too small'),
      count('Saturates at clients', ({ saturatesAt }) => saturatesAt, 'not reached'),
    ],
  );
}
