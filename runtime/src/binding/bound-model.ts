import type { TFJSBinding } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js';
import { dataTypeName, dataTypeNumber, type DataTypeName } from '@serving-study/protos';
import { readMetaGraph, requireSignature, type Signature, type SignatureTensor } from '../signature.js';
import { requireWhole, type TensorValue } from '../tensor-value.js';
import { TensorFlowError } from '../tensorflow-error.js';
import { loadBinding, type ThreadCounts } from './load-binding.js';

/** What the binding takes and gives, by type; it knows no other. An int64 goes in as two halves, the lower one first. */
const ARRAYS = {
  float: Float32Array,
  int32: Int32Array,
  int64: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

/**
 * A SavedModel in TensorFlow's binding for Node. It calls the binding itself: the package's `tf.node.loadSavedModel` refuses a
 * model for one signature that it cannot run, and takes negative int64 for large ones.
 */
export class BoundModel implements Disposable {
  readonly signatures: ReadonlyMap<string, Signature>;
  readonly #binding: TFJSBinding;
  readonly #id: number;

  private constructor(binding: TFJSBinding, id: number, signatures: BoundModel['signatures']) {
    this.#binding = binding;
    this.#id = id;
    this.signatures = signatures;
  }

  /** Loads `<directory>/saved_model.pb` and its variables into this thread. Throws with TensorFlow's own text. */
  static async load(directory: string, threads?: ThreadCounts): Promise<BoundModel> {
    const { signatures } = await readMetaGraph(directory, ['serve']);
    const binding = loadBinding(threads);
    return new BoundModel(binding, binding.loadSavedModel(directory, 'serve'), signatures);
  }

  /** Tensors that the binding holds in this thread: none between two runs. */
  get heldTensors(): number {
    return this.#binding.getNumOfTensors();
  }

  /**
   * Runs one signature: inputs and outputs by the names that clients use. Blocks this thread until it is done. Throws
   * TensorFlowError: UNIMPLEMENTED for types that the binding cannot feed or read, INVALID_ARGUMENT with TensorFlow's own text
   * when the run fails (its code is not known here, and what differs from run to run are the inputs).
   */
  run(signatureName: string, values: ReadonlyMap<string, TensorValue>): Map<string, TensorValue> {
    const { inputs, outputs } = requireSignature(this.signatures, signatureName);
    for (const [alias, { dtype }] of [...inputs, ...outputs]) requireKnown(alias, dtype);
    const held: number[] = [];
    try {
      for (const alias of inputs.keys()) held.push(this.#tensor(alias, values.get(alias)));
      const results = this.#run(held, names(inputs), names(outputs));
      held.push(...results.map(({ id }) => id));
      const aliases = [...outputs.keys()];
      return new Map(results.map((result, at) => [aliases[at] ?? '', this.#value(result)]));
    } finally {
      for (const id of held) this.#binding.deleteTensor(id);
    }
  }

  [Symbol.dispose](): void {
    this.#binding.deleteSavedModel(this.#id);
  }

  #tensor(alias: string, value: TensorValue | undefined): number {
    if (value === undefined) throw new TensorFlowError('INVALID_ARGUMENT', `input ${alias} is missing`);
    requireWhole(value);
    const type = dataTypeNumber(value.dtype);
    if (value.dtype === 'string') return this.#binding.createTensor([...value.shape], type, [...value.strings]);
    const { buffer, byteOffset, byteLength } = value.data;
    const array = ARRAYS[value.dtype as keyof typeof ARRAYS];
    const elements = new array(buffer as ArrayBuffer, byteOffset, byteLength / array.BYTES_PER_ELEMENT);
    return this.#binding.createTensor([...value.shape], type, elements);
  }

  #run(inputs: number[], inputNames: string, outputNames: string): RunOutput[] {
    try {
      return this.#binding.runSavedModel(this.#id, inputs, inputNames, outputNames);
    } catch (cause) {
      const text = (cause as Error).message.replace('Session fail to run with error: ', '');
      throw new TensorFlowError('INVALID_ARGUMENT', text);
    }
  }

  #value({ id, shape, dtype: type }: RunOutput): TensorValue {
    const values: unknown = this.#binding.tensorDataSync(id);
    const dtype = dataTypeName(type) as keyof typeof ARRAYS | 'string';
    if (dtype === 'string') return { dtype, shape, strings: values as Uint8Array[] };
    const { buffer, byteOffset, byteLength } = values as Uint8Array;
    return { dtype, shape, data: new Uint8Array(buffer, byteOffset, byteLength) };
  }
}

type RunOutput = ReturnType<TFJSBinding['runSavedModel']>[number];

function names(tensors: ReadonlyMap<string, SignatureTensor>): string {
  return [...tensors.values()].map(({ tensorName }) => tensorName).join();
}

function requireKnown(alias: string, dtype: DataTypeName | undefined): void {
  if (dtype === 'string' || (dtype !== undefined && dtype in ARRAYS)) return;
  throw new TensorFlowError(
    'UNIMPLEMENTED',
    `tensor ${alias}: this server's binding has no type ${dtype ?? 'unknown'}`,
  );
}
