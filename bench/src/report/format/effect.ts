import type { Condition, Effect } from '../../record/index.js';
import { isRange } from '../../stats/index.js';
import type { Names } from '../charts/chart-parts.js';
import { conditionParts } from '../../words/condition.js';
import { formatCount, formatNumber, formatRatio, formatSpan } from '../../words/number.js';

/** What is divided by what, in words: `A / B`, and what else differs between their conditions. */
export function effectSides({ contestants, cells }: Pick<Effect, 'contestants' | 'cells'>, names: Names): string {
  const [numerator, denominator] = [names.label(contestants.numerator), names.label(contestants.denominator)];
  const own = names.cell(cells?.numerator ?? '')?.cell.condition;
  const other = names.cell(cells?.denominator ?? '')?.cell.condition;
  if (own === undefined || other === undefined) return `${numerator} / ${denominator}`;
  const [first, second] = [differences(own, other), differences(other, own)];
  if (contestants.numerator === contestants.denominator && first.length > 0)
    return `${first.join(', ')} / ${second.join(', ')} (${numerator})`;
  return `${[numerator, ...first].join(', ')} / ${[denominator, ...second].join(', ')}`;
}

/** `1.87× (1.80 to 1.95), p50 service time: A / B`; a span of too few blocks is called a range (method rule 9). */
export function effectWords(effect: Effect, names: Names): string {
  return `${formatRatio(effect.ratio)} (${effectSpan(effect)}), ${effect.metric}: ${effectSides(effect, names)}`;
}

export function effectSpan({ low, high, pairs, passes }: Effect): string {
  const spread = passes === undefined || passes === 1 ? '' : `, over ${formatCount(passes)} passes`;
  return `${formatSpan(low, high, formatNumber)}${isRange(pairs) ? `, range of ${formatCount(pairs)} blocks` : ''}${spread}`;
}

/** What of a condition is not so in the other. The payload counts within one protocol only: between two it is part of them. */
function differences(own: Condition, other: Condition): string[] {
  const isGrpc = ({ payload }: Condition): boolean => payload === 'tensor-content' || payload === 'float-val';
  const others = conditionParts(other);
  const absent = Object.keys(other.factors ?? {}).filter((name) => own.factors?.[name] === undefined);
  return [
    ...conditionParts(own).filter((part) => !others.includes(part)),
    ...(own.payload === other.payload || isGrpc(own) !== isGrpc(other) ? [] : [own.payload]),
    ...absent.map((name) => `no ${name}`),
    ...(own.network === undefined && other.network !== undefined ? ['no delay'] : []),
  ];
}
