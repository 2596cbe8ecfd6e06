import { formatNumber } from '../format/number.js';

export interface Tick {
  readonly value: number;
  readonly label: string | readonly string[];
}

/** A scale whose domain and ticks are decided here, so that labels can be placed without drawing first. */
export interface Scale {
  readonly type: 'linear' | 'log';
  readonly domain: readonly [number, number];
  readonly ticks: readonly Tick[];
}

/** Place of a value in its scale, 0 to 1. */
export function placeOf({ type, domain: [from, to] }: Scale, value: number): number {
  if (type === 'log') return (Math.log(value) - Math.log(from)) / (Math.log(to) - Math.log(from));
  return (value - from) / (to - from);
}

/** From 0 (or below, when there are negative values) to a round number above the largest. */
export function linearScale(values: readonly number[], count = 5, includeZero = true): Scale {
  const low = Math.min(...(includeZero ? [0] : []), ...values);
  const high = Math.max(...(includeZero ? [0] : []), ...values);
  const span = high > low ? high - low : Math.max(Math.abs(high), 1);
  const step = roundStep(span / count);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil((low + span) / step - 1e-9));
  const ticks = Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
  // A little below zero needs a little room, not a whole step.
  const start = low < 0 ? Math.max(first * step, low - 0.15 * step) : first * step;
  return {
    type: 'linear',
    domain: [start, last * step],
    ticks: ticks.filter((value) => value >= start).map((value) => ({ value, label: tickLabel(value) })),
  };
}

/** A little more than the range of the values, which must be above 0; ticks at 1, 2, 5 or at powers of ten. */
export function logScale(values: readonly number[]): Scale {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = Math.max(0.06 * Math.log(high / low), Math.log(1.25));
  const domain = [low * Math.exp(-room), high * Math.exp(room)] as const;
  return { type: 'log', domain, ticks: logTicks(domain).map((value) => ({ value, label: tickLabel(value) })) };
}

/** One place for each name, in order; drawn on a linear scale so that marks can stand beside each other. */
export function categoryScale(labels: readonly (string | readonly string[])[], fromTop = false): Scale {
  const ends = [-0.5, labels.length - 0.5] as const;
  return {
    type: 'linear',
    domain: fromTop ? [ends[1], ends[0]] : ends,
    ticks: labels.map((label, value) => ({ value, label })),
  };
}

/** True when every value can stand on a logarithmic scale. */
export function allPositive(values: readonly number[]): boolean {
  return values.length > 0 && values.every((value) => value > 0);
}

/** Which multiples of powers of ten are ticks, by how many decades the scale spans. */
const MULTIPLES = [
  { above: 4, of: [1] },
  { above: 2.2, of: [1, 3] },
  { above: 0.9, of: [1, 2, 5] },
  { above: 0.4, of: [1, 1.5, 2, 3, 4, 5, 7] },
  { above: -1, of: [1, 1.1, 1.25, 1.5, 2, 3, 4, 5, 6, 7, 8, 9] },
];

function logTicks([from, to]: readonly [number, number]): number[] {
  const decades = Math.log10(to / from);
  const multiples = MULTIPLES.find(({ above }) => decades > above)?.of ?? [1];
  const ticks: number[] = [];
  for (let exponent = Math.floor(Math.log10(from)); exponent <= Math.ceil(Math.log10(to)); exponent++) {
    for (const multiple of multiples) {
      const value = Number((multiple * 10 ** exponent).toPrecision(6));
      if (value >= from && value <= to) ticks.push(value);
    }
  }
  return ticks;
}

function roundStep(raw: number): number {
  const power = 10 ** Math.floor(Math.log10(raw));
  const multiple = [1, 2, 2.5, 5, 10].find((each) => each * power >= raw * 0.999) ?? 10;
  return multiple * power;
}

function tickLabel(value: number): string {
  const text = formatNumber(value);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
