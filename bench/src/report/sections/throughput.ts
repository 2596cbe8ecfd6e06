import type { CellResult } from '../../record/index.js';
import { isRange, saturationPoint, spanWords, trialsUsed } from '../../stats/index.js';
import { curvePicture, type Curve, type CurvePoint } from '../charts/curve.js';
import type { Block, FigureBlock, Section, TableBlock, TableCell, TableColumn } from '../document/block.js';
import { numberCell, numberColumn, textCell, textColumn } from '../document/table.js';
import { formatCount, formatMs, formatRate, formatSpan } from '../format/number.js';
import { concurrencyOf, loadSweeps, mainCells, percentileMs, seriesName, type LoadSweep } from './cell-selection.js';
import type { ReportContext } from './report-context.js';

const MOST_SETTINGS = 3;

/** Latency against throughput for each contestant, and where more clients stop to help. */
export function throughputSection(context: ReportContext, cells: readonly CellResult[]): Section {
  const body = throughputBlocks(context, cells);
  return {
    id: 'throughput',
    title: 'Latency and throughput',
    short: 'Throughput',
    body:
      body.length > 0
        ? body
        : [{ kind: 'paragraph', text: 'No contestant was measured with more than one number of clients.' }],
  };
}

export function throughputBlocks(context: ReportContext, cells: readonly CellResult[]): Block[] {
  return loadSweeps(mainCells(cells))
    .map((sweep) => ({ sweep, curves: curvesOf(context, sweep) }))
    .filter(({ curves }) => curves.some(({ points }) => points.length > 1))
    .slice(0, MOST_SETTINGS)
    .flatMap(({ sweep, curves }) => [curveFigure(context, sweep, curves), curveTable(sweep, curves)]);
}

function curvesOf(context: ReportContext, { cells }: LoadSweep): Curve[] {
  const closed = cells.filter((each) => concurrencyOf(each) !== undefined);
  const names = [...new Set(closed.map((each) => seriesName(each, closed, (id) => context.label(id))))];
  return names.map((name) => {
    const members = closed
      .filter((each) => seriesName(each, closed, (id) => context.label(id)) === name)
      .toSorted((a, b) => (concurrencyOf(a) ?? 0) - (concurrencyOf(b) ?? 0));
    const saturation = saturationPoint(
      members
        .filter(({ valid }) => valid)
        .map((each) => ({ load: concurrencyOf(each) ?? 0, throughputPerS: each.throughputPerS.value })),
    );
    return {
      name,
      points: members.map((each): CurvePoint => ({
        concurrency: concurrencyOf(each) ?? 0,
        perS: each.throughputPerS,
        trials: trialsUsed(each),
        p50Ms: percentileMs(each.response, 0.5),
        p99Ms: percentileMs(each.response, 0.99),
        valid: each.valid,
        saturated: saturation?.reached === true && each.valid && saturation.load === concurrencyOf(each),
      })),
    };
  });
}

function curveFigure(context: ReportContext, { setting, cells }: LoadSweep, curves: readonly Curve[]): FigureBlock {
  const levels = [...new Set(curves.flatMap(({ points }) => points.map(({ concurrency }) => concurrency)))].toSorted(
    (a, b) => a - b,
  );
  const invalid = curves.some(({ points }) => points.some(({ valid }) => !valid));
  return context.figure({
    title: 'Latency against throughput',
    caption: `Closed loop with ${levels.join(', ')} clients, from left to right along each line; ${setting}. Lower and further right is better. Throughputs are drawn with ${spanWords(cells.filter((each) => concurrencyOf(each) !== undefined))}. A ring marks saturation: the fewest clients that bring 95% of the highest throughput.${invalid ? ' A × is INVALID and decides nothing.' : ''}`,
    alternative: `Latency against throughput. ${curves.map(({ name, points }) => curveWords(name, points)).join('; ')}.`,
    picture: curvePicture(curves, context.stylesFor(curves.map(({ name }) => name))),
    data: {
      kind: 'table',
      caption: 'Data of “Latency against throughput”',
      columns: [
        textColumn('Contestant'),
        numberColumn('Clients'),
        numberColumn('Throughput'),
        spanColumn(curves.flatMap(({ points }) => points)),
        numberColumn('p50'),
        numberColumn('p99'),
        textColumn('Valid'),
      ],
      rows: curves.flatMap(({ name, points }) =>
        points.map(({ concurrency, perS, trials, p50Ms, p99Ms, valid }) => ({
          cells: [
            textCell(name),
            numberCell(concurrency, formatCount),
            numberCell(perS.value, formatRate),
            spanCell({ perS, trials }),
            numberCell(p50Ms, formatMs, 'n too small'),
            numberCell(p99Ms, formatMs, 'n too small'),
            textCell(valid ? 'yes' : 'INVALID'),
          ],
        })),
      ),
    },
  });
}

function curveWords(name: string, points: readonly CurvePoint[]): string {
  const best = points.filter(({ valid }) => valid).toSorted((a, b) => b.perS.value - a.perS.value)[0];
  return best === undefined
    ? `${name}: no valid point`
    : `${name}: at most ${formatRate(best.perS.value)}, with ${formatCount(best.concurrency)} clients`;
}

/** Two values or three are no 95% interval, whatever is computed from them (method rule 9). */
function spanColumn(points: readonly CurvePoint[]): TableColumn {
  return textColumn(points.some(({ trials }) => isRange(trials)) ? '95% interval, or range' : '95% interval');
}

function spanCell({ perS, trials }: Pick<CurvePoint, 'perS' | 'trials'>): TableCell {
  if (trials === 1) return textCell('one trial');
  const span = formatSpan(perS.low, perS.high);
  return textCell(isRange(trials) ? `${span} (range of ${formatCount(trials)} trials)` : span);
}

function curveTable({ setting }: LoadSweep, curves: readonly Curve[]): TableBlock {
  const highest = curves.flatMap(({ name, points }) => {
    const best = points.filter(({ valid }) => valid).toSorted((a, b) => b.perS.value - a.perS.value)[0];
    return best === undefined ? [] : [{ name, points, best }];
  });
  return {
    kind: 'table',
    caption: `Highest throughput, ${setting}`,
    columns: [
      textColumn('Contestant'),
      numberColumn('Highest throughput'),
      spanColumn(highest.map(({ best }) => best)),
      numberColumn('With clients'),
      numberColumn('p50 there'),
      numberColumn('p99 there'),
      numberColumn('Saturates at clients'),
    ],
    rows: highest.map(({ name, points, best }) => ({
      cells: [
        textCell(name),
        numberCell(best.perS.value, formatRate),
        spanCell(best),
        numberCell(best.concurrency, formatCount),
        numberCell(best.p50Ms, formatMs, 'n too small'),
        numberCell(best.p99Ms, formatMs, 'n too small'),
        numberCell(points.find(({ saturated }) => saturated)?.concurrency ?? null, formatCount, 'not reached'),
      ],
    })),
    note: 'Saturation: the fewest clients that bring 95% of the highest throughput; “not reached” where that is the last level.',
  };
}
