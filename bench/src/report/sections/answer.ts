import {
  inItsPlace,
  noneAgrees,
  percentileMs,
  type CellResult,
  type ClaimVerdict,
  type Contestant,
  type Effect,
  type Verdict,
} from '../../record/index.js';
import { isRange, isWithin } from '../../stats/index.js';
import { muted, strong, type Text } from '../document/inline.js';
import { conditionParts, formatLoadInWords } from '../../words/condition.js';
import { formatMs, formatNumber, formatRate, formatSpan } from '../../words/number.js';
import type { ReportContext } from './report-context.js';
import { verdictOf } from './verdicts.js';

/** What a claim found of two valid cells. */
interface Comparison {
  readonly effect: Effect;
  readonly numerator: CellResult;
  readonly denominator: CellResult;
  readonly contestants: readonly (Contestant | undefined)[];
  readonly finding: Finding;
  /** The family of who is ahead; the finding where nobody is. */
  readonly leader: string;
}

/** Who is ahead, where the verdict and its interval allow to say so. */
type Finding = 'numerator' | 'denominator' | 'equivalent' | 'undecided';

/**
 * The answer in one or two sentences, made of verdicts alone: a lead is named only where the verdict is decided and the
 * interval leaves out 1 (method rules 9, 10 and 20).
 */
export function answer(context: ReportContext): Text[] {
  const { study, claims } = context.results;
  const decidedClaims = claims.filter(({ verdict }) => verdict !== 'NOT TESTED' && verdict !== 'INCONCLUSIVE');
  const ended = study.interrupted === undefined ? '' : ` The run ended early: ${study.interrupted}.`;
  if (context.measured.length === 0 && context.observed.length === 0 && decidedClaims.length === 0)
    return [[strong('Nothing was measured, so this run answers nothing.'), ended]];
  if (noneAgrees(study.parity))
    return [
      "No comparison is made: no contestant gives the model's predictions.",
      'The parity table tells which differ, and by how much.',
    ];
  const comparisons = claims.flatMap((claim) => comparisonOf(context, claim));
  const isDecided = ({ finding }: Comparison): boolean => finding !== 'undecided';
  if (context.standinRan) {
    const shown = comparisons.find(isDecided);
    return [
      `This run says nothing about TensorFlow Serving: ${inItsPlace(study.serving)}.`,
      ...(shown === undefined ? firstVerdict(decidedClaims) : [sentence(context, shown, 'What it does show: ')]),
    ];
  }
  const between = comparisons.filter(({ contestants }) => {
    const families = contestants.map((each) => each?.family);
    return families.includes('flask-style') && families.includes('tensorflow-serving');
  });
  const isOfSubjects = ({ contestants }: Comparison): boolean => contestants.every((each) => each?.role === 'subject');
  const others = between.filter((each) => !isOfSubjects(each));
  const decisive = [...between.filter(isOfSubjects), ...others].filter(isDecided);
  const [first] = decisive;
  if (first === undefined) {
    const [undecided] = between;
    if (undecided !== undefined)
      return ['This run cannot say which of the two ways is faster.', sentence(context, undecided, '')];
    return [
      'This run holds no comparison of the two ways of serving that its samples could decide.',
      ...firstVerdict(decidedClaims),
    ];
  }
  const elsewhere = decisive.filter((other) => conditionOf(other) !== conditionOf(first));
  const turned = elsewhere.find(({ leader }) => leader !== first.leader);
  const second = turned ?? elsewhere[0];
  if (second === undefined) return [sentence(context, first, '')];
  return [sentence(context, first, ''), sentence(context, second, turned === undefined ? '' : 'But ')];
}

function firstVerdict([claim]: readonly ClaimVerdict[]): Text[] {
  return claim === undefined ? [] : [[verdictOf(claim), ` ${claim.sentence}`]];
}

function comparisonOf(context: ReportContext, { verdict, effects: [effect] }: ClaimVerdict): Comparison[] {
  const numerator = context.cell(effect?.cells?.numerator ?? '');
  const denominator = context.cell(effect?.cells?.denominator ?? '');
  if (effect === undefined || numerator?.valid !== true || denominator?.valid !== true) return [];
  const finding = findingOf(verdict, effect);
  const contestants = [numerator, denominator].map(({ cell }) => context.contestant(cell.contestant));
  const [own, other] = contestants.map((each) => each?.family ?? '');
  const leader = { numerator: own, denominator: other, equivalent: finding, undecided: finding }[finding] ?? '';
  return [{ effect, numerator, denominator, contestants, finding, leader }];
}

function findingOf(verdict: Verdict, effect: Effect): Finding {
  if (verdict === 'INCONCLUSIVE' || verdict === 'NOT TESTED') return 'undecided';
  if (verdict === 'EQUIVALENT' || isWithin(effect, effect.margin ?? 0)) return 'equivalent';
  if (effect.low <= 1 && effect.high >= 1) return 'undecided';
  return effect.ratio < 1 === (effect.better !== 'higher') ? 'numerator' : 'denominator';
}

function conditionOf({ numerator }: Comparison): string {
  return JSON.stringify(numerator.cell.condition);
}

function sentence(context: ReportContext, comparison: Comparison, opening: string): Text {
  const { effect, numerator, denominator, finding } = comparison;
  const [ahead, behind] = finding === 'denominator' ? [denominator, numerator] : [numerator, denominator];
  const { condition } = numerator.cell;
  const load = formatLoadInWords(condition);
  const start = opening === '' ? load : `${opening}${load.charAt(0).toLowerCase()}${load.slice(1)}`;
  const [first, second] = [ahead, behind].map((each) => context.label(each.cell.contestant));
  const figures = inFigures(effect, ahead, behind);
  const { low, high, ratio } = effect;
  const where = conditionParts(condition).join(', ');
  if (finding === 'equivalent' || finding === 'undecided') {
    const words = finding === 'equivalent' ? 'show no difference that matters' : 'cannot be told apart by this run';
    const span = isRange(effect.pairs) ? 'range' : '95% interval';
    const details = `${figures}; ratio ${formatNumber(ratio)}, ${span} ${formatSpan(low, high)}; ${where}`;
    return [`${start}, ${first} and ${second} `, strong(words), '. ', muted(details)];
  }
  const factor = formatNumber(ratio > 1 ? ratio : 1 / ratio);
  const span = ratio > 1 ? formatSpan(low, high) : formatSpan(1 / high, 1 / low);
  const [lead, joint] = leadWords(effect, factor);
  const details = `${figures}; 95% interval of the factor ${span}; ${where}`;
  return [`${start}, ${first} `, strong(lead), ` ${joint} ${second}. `, muted(details)];
}

function leadWords({ metric, better }: Effect, factor: string): readonly [lead: string, joint: string] {
  if (metric === 'throughput') return [`answered ${factor} times as many requests`, 'per second as'];
  if (/time|latency/.test(metric)) return [`was ${factor} times as fast`, 'as'];
  return better === 'higher'
    ? [`had ${factor} times the ${metric}`, 'of']
    : [`had a ${metric} ${factor} times smaller`, 'than'];
}

/** The two absolute figures where the metric is one of a cell's own: a ratio alone hides whether it matters. */
function inFigures({ metric }: Effect, ahead: CellResult, behind: CellResult): string {
  if (metric === 'throughput')
    return `${formatRate(ahead.throughputPerS.value)} against ${formatRate(behind.throughputPerS.value)}`;
  const [, percent, kind] = /^p(\d+(?:\.\d+)?) (service|response) time$/.exec(metric) ?? [];
  if (percent === undefined || (kind !== 'service' && kind !== 'response')) return metric;
  const own = percentileMs(ahead[kind], Number(percent) / 100);
  const other = percentileMs(behind[kind], Number(percent) / 100);
  return own === null || other === null ? metric : `${metric} ${formatMs(own)} against ${formatMs(other)}`;
}
