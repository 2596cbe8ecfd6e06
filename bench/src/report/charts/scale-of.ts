import type * as Plot from '@observablehq/plot';
import { scaleLinear } from 'd3-scale';
import { formatNumber, formatPercentile } from '../../words/number.js';
import type { Axis } from './drawing.js';

const NINES = [0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999];
const LOG_STEPS = [[1, 2, 5], [1, 3], [1]] as const;

/** An axis for these values: Plot's scale, where its ticks stand and how they read. `count`: about how many there is room for. */
export interface Scale {
  readonly options: Plot.ScaleOptions;
  readonly ticks: readonly number[];
  readonly format: (value: number) => string;
}

export function scaleOf({ scale, zero = false }: Axis, values: readonly number[], count: number): Scale {
  const numbers = values.filter(Number.isFinite);
  const low = numbers.reduce((a, b) => Math.min(a, b), Infinity);
  const high = numbers.reduce((a, b) => Math.max(a, b), -Infinity);
  if (scale === 'nines') return nines(high);
  if (low === high && !zero) return single(low);
  if (scale === 'log' && low > 0) return logarithmic(low, high, count);
  const made = scaleLinear([zero ? Math.min(0, low) : low, high], [0, 1]).nice(count);
  const format = made.tickFormat(count);
  return {
    options: { type: 'linear', domain: made.domain() },
    ticks: made.ticks(count),
    format: (value) => format(value).replace('−', '-'),
  };
}

/** Only one place is measured, so only one has a tick. */
function single(value: number): Scale {
  const around = Math.max(1, Math.abs(value) / 2);
  const domain = [value - around, value + around];
  return { options: { type: 'linear', domain }, ticks: [value], format: brief };
}

/** Each further nine takes the same room. */
function nines(high: number): Scale {
  return {
    options: { type: 'log', domain: [1, Math.max(10, high * 1.15)] },
    ticks: NINES.map((p) => 1 / (1 - p)).filter((each) => each <= high * 1.001),
    format: (value) => formatPercentile(1 - 1 / value),
  };
}

/** Ticks are 1, 2, 5 of each power of ten, or fewer; in less than half a power they are as on a linear scale. */
function logarithmic(low: number, high: number, count: number): Scale {
  const [from, to] = high / low < 1.5 ? [low / 1.5, high * 1.5] : [low / 1.1, high * 1.1];
  const powers = Array.from({ length: 40 }, (_, index) => 10 ** (index - 20));
  const stepped = LOG_STEPS.map((steps) =>
    powers.flatMap((power) => steps.map((step) => step * power)).filter((each) => each >= from && each <= to),
  );
  const fitting = stepped.find(({ length }) => length <= Math.max(3, count)) ?? [];
  const ticks = to / from < 4 ? scaleLinear([from, to], [0, 1]).ticks(count) : fitting;
  return { options: { type: 'log', domain: [from, to] }, ticks, format: brief };
}

/** Without the zeros that say nothing on an axis: `2`, not `2.00`; and `30 M`, not `30,000,000`. */
function brief(value: number): string {
  if (value >= 1e9) return `${brief(value / 1e9)} G`;
  if (value >= 1e6) return `${brief(value / 1e6)} M`;
  return formatNumber(value)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}
