import type { DataTypeName } from '@serving-study/protos';
import { constant, writeSavedModel, type GraphNode } from './write-saved-model.js';

const float = (value: number): Uint8Array => new Uint8Array(Float32Array.of(value).buffer);
const int64 = (value: bigint): Uint8Array => new Uint8Array(BigInt64Array.of(value).buffer);

/** y = 0.5 x + 2 on floats; fed at `x:0`, fetched at `y:0`. */
export async function halfPlusTwo(): Promise<string> {
  const T = { T: { type: 'float' } } as const;
  return writeSavedModel(
    [
      { name: 'x', op: 'Placeholder', attr: { dtype: { type: 'float' } } },
      constant('a', 'float', float(0.5)),
      constant('b', 'float', float(2)),
      { name: 'm', op: 'Mul', input: ['x', 'a'], attr: T },
      { name: 'y', op: 'AddV2', input: ['m', 'b'], attr: T },
    ],
    { serving_default: { inputs: { x: ['x:0', 'float'] }, outputs: { y: ['y:0', 'float'] } } },
  );
}

/** y = x, but a run fails when a value is not finite; fed at `x:0`, fetched at `y:0`. */
export async function finiteOnly(): Promise<string> {
  const T = { T: { type: 'float' } } as const;
  return writeSavedModel([
    { name: 'x', op: 'Placeholder', attr: { dtype: { type: 'float' } } },
    { name: 'y', op: 'CheckNumerics', input: ['x'], attr: { ...T, message: { s: 'not finite' } } },
  ]);
}

/** For each type, what is fed at `in_<type>:0` comes out at `out_<type>:0`. */
export async function echo(dtypes: readonly DataTypeName[]): Promise<string> {
  return writeSavedModel(
    dtypes.flatMap((dtype): GraphNode[] => [
      { name: `in_${dtype}`, op: 'Placeholder', attr: { dtype: { type: dtype } } },
      { name: `out_${dtype}`, op: 'Identity', input: [`in_${dtype}`], attr: { T: { type: dtype } } },
    ]),
  );
}

/** Counts from 0 to the int64 scalar fed at `limit:0`, one step of a while loop at a time; fetched at `count:0`. */
export async function countTo(): Promise<string> {
  const T = { T: { type: 'int64' } } as const;
  const frame = { ...T, frame_name: { s: 'loop' } };
  return writeSavedModel([
    { name: 'limit', op: 'Placeholder', attr: { dtype: { type: 'int64' } } },
    constant('zero', 'int64', int64(0n)),
    constant('one', 'int64', int64(1n)),
    { name: 'start', op: 'Enter', input: ['zero'], attr: frame },
    { name: 'end', op: 'Enter', input: ['limit'], attr: { ...frame, is_constant: { b: true } } },
    { name: 'step', op: 'Enter', input: ['one'], attr: { ...frame, is_constant: { b: true } } },
    { name: 'merge', op: 'Merge', input: ['start', 'next'], attr: { ...T, N: { i: 2 } } },
    { name: 'less', op: 'Less', input: ['merge', 'end'], attr: T },
    { name: 'goOn', op: 'LoopCond', input: ['less'] },
    { name: 'switch', op: 'Switch', input: ['merge', 'goOn'], attr: T },
    { name: 'add', op: 'AddV2', input: ['switch:1', 'step'], attr: T },
    { name: 'next', op: 'NextIteration', input: ['add'], attr: T },
    { name: 'count', op: 'Exit', input: ['switch'], attr: T },
  ]);
}

/** y = x + depth on floats, by as many functions that call each other; fed at `x:0`, fetched at `y:0`. */
export async function nested(depth: number): Promise<string> {
  const call = (name: string, input: string, callee: string): GraphNode => ({
    name,
    op: 'PartitionedCall',
    input: [input],
    attr: { Tin: { types: ['float'] }, Tout: { types: ['float'] }, f: { function: callee } },
  });
  const functions = Array.from({ length: depth }, (_, level) => {
    const isInnermost = level === 0;
    const add = { name: 'add', op: 'AddV2', input: [isInnermost ? 'x' : 'call:output:0', 'one:output:0'] };
    return {
      name: `level_${level}`,
      input: 'x',
      output: 'add:z:0',
      dtype: 'float' as const,
      nodes: [
        constant('one', 'float', float(1)),
        ...(isInnermost ? [] : [call('call', 'x', `level_${level - 1}`)]),
        { ...add, attr: { T: { type: 'float' } } } as const,
      ],
    };
  });
  return writeSavedModel(
    [{ name: 'x', op: 'Placeholder', attr: { dtype: { type: 'float' } } }, call('y', 'x', `level_${depth - 1}`)],
    {},
    functions,
  );
}
