import type { CApi, Pointer } from './c-api.js';
import { TensorFlowError } from '../tensorflow-error.js';

/** `TF_Output { TF_Operation *oper; int index; }`, padded to 16 bytes. */
const OUTPUT_BYTES = 16;
const INDEX_OFFSET = 8;

/** Finds tensors of a graph by name. Operations are looked up once: they live as long as the graph. */
export class GraphOutputs {
  readonly #api: CApi;
  readonly #graph: Pointer;
  readonly #operations = new Map<string, Pointer>();

  constructor(api: CApi, graph: Pointer) {
    this.#api = api;
    this.#graph = graph;
  }

  /** An array of `TF_Output` for tensor names such as `x:0`; `x` means `x:0`. Throws INVALID_ARGUMENT for an unknown operation. */
  handles(names: readonly string[]): Buffer {
    const handles = Buffer.alloc(Math.max(1, names.length) * OUTPUT_BYTES);
    names.forEach((name, at) => {
      const [, operation = name, index = '0'] = /^(.*):(\d{1,9})$/.exec(name) ?? [];
      handles.writeBigUInt64LE(BigInt(this.#operation(operation, name)), at * OUTPUT_BYTES);
      handles.writeInt32LE(Number(index), at * OUTPUT_BYTES + INDEX_OFFSET);
    });
    return handles;
  }

  #operation(operation: string, tensorName: string): Pointer {
    let pointer = this.#operations.get(operation);
    if (pointer === undefined) {
      pointer = this.#api.operationByName(this.#graph, operation);
      // The text of TensorFlow's own session, which the C API cannot reach without a handle for the operation.
      if (pointer === 0)
        throw new TensorFlowError(
          'INVALID_ARGUMENT',
          `Tensor ${tensorName}, specified in either feed_devices or fetch_devices was not found in the Graph`,
        );
      this.#operations.set(operation, pointer);
    }
    return pointer;
  }
}
