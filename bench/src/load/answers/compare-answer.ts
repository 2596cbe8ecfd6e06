import { elementsOf, type Element, type GoldenOutput, type Tolerance } from '../../requests/index.js';
import type { Answer, AnswerElement } from './answer.js';

/** Predictions of float32 networks on different thread counts differ in the last digits; more is another model. */
export const DEFAULT_TOLERANCE: Tolerance = { absolute: 1e-5, relative: 1e-4 };

export interface Compared {
  /** The first difference, in words; undefined when the answer is right. */
  readonly difference?: string;
  /** Largest differences of floating numbers, whether within the tolerance or not; 0 where there are none. */
  readonly maxAbsolute: number;
  readonly maxRelative: number;
}

/** Compares an answer with the right one: every output, every element. */
export function compareAnswer(wanted: readonly GoldenOutput[], answer: Answer): Compared {
  let [maxAbsolute, maxRelative] = [0, 0];
  let difference: string | undefined;
  for (const output of wanted) {
    const got = answer.outputs.get(output.name) ?? (wanted.length === 1 ? answer.outputs.get('') : undefined);
    const which = wanted.length === 1 ? '' : `output ${output.name}: `;
    if (got === undefined) {
      difference ??= `${which}there is no output ${output.name}`;
      continue;
    }
    const seen = compareOutput(output, got);
    if (seen.difference !== undefined) difference ??= `${which}${seen.difference}`;
    maxAbsolute = Math.max(maxAbsolute, seen.maxAbsolute);
    maxRelative = Math.max(maxRelative, seen.maxRelative);
  }
  return { maxAbsolute, maxRelative, ...(difference === undefined ? {} : { difference }) };
}

function compareOutput({ tensor, varies, tolerance }: GoldenOutput, got: ArrayLike<AnswerElement>): Compared {
  const wanted = elementsOf(tensor);
  const none = { maxAbsolute: 0, maxRelative: 0 };
  if (got.length !== wanted.length)
    return { ...none, difference: `${got.length} numbers answered, ${wanted.length} expected` };
  if (varies === true) return none;
  const { absolute, relative } = tolerance ?? DEFAULT_TOLERANCE;
  let [maxAbsolute, maxRelative] = [0, 0];
  let difference: string | undefined;
  for (let at = 0; at < wanted.length; at += 1) {
    const [want, value] = [wanted[at], got[at]];
    if (typeof want === 'number') {
      const number = typeof value === 'bigint' ? Number(value) : value;
      // Around an infinity there is no tolerance, and only NaN is as good as NaN.
      if (Object.is(number, want)) continue;
      const apart = typeof number === 'number' ? Math.abs(number - want) : Number.NaN;
      if (Number.isFinite(apart)) {
        maxAbsolute = Math.max(maxAbsolute, apart);
        maxRelative = Math.max(maxRelative, apart / Math.max(Math.abs(want), Number.MIN_VALUE));
      }
      // Written so that a NaN is a difference.
      if (apart <= absolute + relative * Math.abs(want) && Number.isFinite(want)) continue;
    } else if (want !== undefined && isSame(want, value)) continue;
    difference ??= `number ${at} is ${wordsOf(value)}, expected ${wordsOf(want)}`;
  }
  return { maxAbsolute, maxRelative, ...(difference === undefined ? {} : { difference }) };
}

/** Integers with every digit; strings byte by byte, or as text where JSON could not carry their bytes. */
function isSame(want: Exclude<Element, number>, value: AnswerElement | undefined): boolean {
  if (typeof want === 'bigint') {
    if (typeof value === 'boolean') return value === (want === 1n);
    return typeof value === 'bigint'
      ? value === want
      : typeof value === 'number' && Number.isInteger(value) && BigInt(value) === want;
  }
  if (typeof value === 'string') return Buffer.from(want).toString('utf8') === value;
  return value instanceof Uint8Array && Buffer.compare(want, value) === 0;
}

function wordsOf(value: AnswerElement | undefined): string {
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString().slice(0, 40));
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : String(value);
}
