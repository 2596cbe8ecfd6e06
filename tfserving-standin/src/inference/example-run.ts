import type { Signature, TensorValue } from '@serving-study/runtime';
import type { RunContext, Servable } from '../core.js';
import { invalidArgument } from './invalid-argument.js';

/** A request over tf.Examples: what Classify, Regress and MultiInference have in common. */
export interface ExampleOptions {
  /** '' or absent means `serving_default`. */
  readonly signatureName?: string;
  /** Serialized tf.Examples; a common context is in front of each one's bytes already. */
  readonly examples: readonly Uint8Array[];
  /** Limit for the run itself; 0 means none. */
  readonly timeoutMs: number;
  /** --enable_signature_method_name_check. */
  readonly checkMethodName?: boolean;
}

/** The signature a request over examples names, by the rules of Classify and Regress. */
export function exampleSignature(servable: Servable, signatureName: string): Signature {
  const signature = servable.signatures.get(signatureName);
  if (signature === undefined) throw invalidArgument(`No signature was found with the name: ${signatureName}`);
  return signature;
}

/** Feeds all examples as one vector of strings and fetches the tensors named, as a map by their names. */
export async function runExamples(
  servable: Servable,
  examples: readonly Uint8Array[],
  inputTensor: string,
  fetches: readonly string[],
  context: RunContext,
): Promise<ReadonlyMap<string, TensorValue>> {
  if (examples.length === 0) throw invalidArgument('Input is empty.');
  const feeds = new Map<string, TensorValue>([
    [inputTensor, { dtype: 'string', shape: [examples.length], strings: examples }],
  ]);
  const tensors = await servable.run(feeds, fetches, context);
  return new Map(fetches.flatMap((name, index) => (tensors[index] === undefined ? [] : [[name, tensors[index]]])));
}

/** A shape as TensorFlow prints it: `[2,3]`. */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(',')}]`;
}

/** The elements of a float tensor. */
export function floatsOf(tensor: TensorValue): readonly number[] {
  if (tensor.dtype !== 'float') return [];
  const view = new DataView(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength);
  return Array.from({ length: view.byteLength / 4 }, (_, index) => view.getFloat32(index * 4, true));
}
