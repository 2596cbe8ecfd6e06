import { resolve } from 'node:path';
import type { ModelOptions } from '../record/index.js';
import { optionName } from './run-options.js';

/** The command line's words for the user's own model (docs/own-model.md). */
export interface ModelFlags extends Omit<ModelOptions, 'path' | 'name'> {
  readonly model?: string;
  readonly modelName?: string;
}

export const MODEL_HELP = {
  model: 'your own model: a SavedModel, a folder of versions, or a Keras file; default: the models of this project',
  requests: 'bodies of predict requests to it, as JSON lines or JSON; default: made up from its signature',
  signature: 'the signature that is asked (default: serving_default)',
  modelV2: 'another version of it for hot-update; default: the same again',
  modelName: 'the name it is served by (default: that of its folder)',
  dims: 'sizes of open dimensions of an input that is made up, e.g. ids=128 or image=64x64; may be repeated',
  range: 'whole numbers that are made up, e.g. 0..29999 (default: 0..9)',
} as const;

/** @throws Error, naming the option, for one that says something of a model that was not named, or twice. */
export function modelOptions(flags: ModelFlags): ModelOptions | undefined {
  const { model, modelName, requests, signature, modelV2, dims, range } = flags;
  if (model === undefined) {
    const other = (Object.keys(MODEL_HELP) as (keyof ModelFlags)[]).find((key) => flags[key] !== undefined);
    if (other !== undefined)
      throw new Error(`${optionName(other)} says something of your own model: name that with --model`);
    return undefined;
  }
  for (const [name, value] of [
    ['--dims', dims],
    ['--range', range],
  ] as const)
    if (requests !== undefined && value !== undefined)
      throw new Error(`${name} is for inputs that are made up: with --requests there are none`);
  if (modelName !== undefined && !/^\w[\w.-]*$/.test(modelName))
    throw new Error(`--model-name ${modelName}: a name is made of letters, digits, _, . and -`);
  return {
    ...{ path: resolve(model), name: modelName, requests: requests && resolve(requests), signature },
    ...{ modelV2: modelV2 && resolve(modelV2), dims, range },
  };
}

const MOST_SIZE = 2 ** 24;

/** `ids=128`, `image=64x64`. @throws Error for anything else. */
export function parseDims(text: string, before: Readonly<Record<string, number[]>> = {}): Record<string, number[]> {
  const [, alias = '', sizes = ''] = /^([^=]+)=(\d+(?:x\d+)*)$/.exec(text) ?? [];
  const numbers = sizes.split('x').map(Number);
  if (alias === '' || numbers.some((size) => size < 1 || size > MOST_SIZE))
    throw new Error(`sizes are written input=size, e.g. ids=128 or image=64x64, from 1 to ${MOST_SIZE}.`);
  return { ...before, [alias]: numbers };
}

/** `0..29999`. @throws Error for anything else. */
export function parseRange(text: string): [number, number] {
  const [, low, high] = /^(-?\d+)\.\.(-?\d+)$/.exec(text) ?? [];
  const range: [number, number] = [Number(low), Number(high)];
  if (low === undefined || !range.every(Number.isSafeInteger) || range[0] > range[1])
    throw new Error('a range is two whole numbers, the lower one first, e.g. 0..29999.');
  return range;
}
