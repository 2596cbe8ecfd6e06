import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataTypeName, loadMessages, type DataTypeName } from '@serving-study/protos';
import { TensorFlowError } from './tensorflow-error.js';

/** One named input or output of a signature. */
export interface SignatureTensor {
  /** Name of the tensor in the graph, e.g. `serving_default_x:0`; empty for encodings other than a plain name. */
  readonly tensorName: string;
  /** Undefined for DT_INVALID and types newer than this subset. */
  readonly dtype: DataTypeName | undefined;
  /** Sizes of the dimensions, -1 where unknown; undefined when the rank itself is unknown. */
  readonly shape: readonly number[] | undefined;
}

/** A SignatureDef: how clients call the model. Keys of the maps are the aliases clients use. */
export interface Signature {
  readonly methodName: string;
  readonly inputs: ReadonlyMap<string, SignatureTensor>;
  readonly outputs: ReadonlyMap<string, SignatureTensor>;
}

/** What `saved_model.pb` says of one meta graph. */
export interface MetaGraph {
  readonly tags: readonly string[];
  readonly signatures: ReadonlyMap<string, Signature>;
  /** The serialized tensorflow.serving.SignatureDefMap, complete with fields that `Signature` leaves out (defaults). */
  readonly signatureDefMap: Uint8Array;
}

/** Throws INVALID_ARGUMENT with TensorFlow Serving's text when there is no such signature. */
export function requireSignature(signatures: MetaGraph['signatures'], name: string): Signature {
  const signature = signatures.get(name);
  if (signature !== undefined) return signature;
  throw new TensorFlowError('INVALID_ARGUMENT', `Serving signature name: "${name}" not found in signature def`);
}

interface TensorInfoMessage {
  name?: string;
  dtype?: number;
  tensor_shape?: { dim?: { size: number | { toNumber(): number } }[]; unknown_rank?: boolean };
}
interface SignatureMessage {
  inputs: Record<string, TensorInfoMessage>;
  outputs: Record<string, TensorInfoMessage>;
  method_name: string;
}
interface MetaGraphMessage {
  meta_info_def?: { tags: string[] };
  signature_def: Record<string, SignatureMessage>;
}
interface SavedModelMessage {
  meta_graphs: MetaGraphMessage[];
}

/**
 * Reads the signatures of the meta graph with exactly these tags from `<directory>/saved_model.pb`.
 * Throws NOT_FOUND without such a file or meta graph, DATA_LOSS when the file does not decode.
 */
export async function readMetaGraph(directory: string, tags: readonly string[]): Promise<MetaGraph> {
  const path = join(directory, 'saved_model.pb');
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new TensorFlowError('NOT_FOUND', `${path} cannot be read: ${String(cause)}`);
  });
  let model: SavedModelMessage;
  try {
    model = loadMessages().lookupType('tensorflow.SavedModel').decode(bytes) as unknown as SavedModelMessage;
  } catch (cause) {
    throw new TensorFlowError('DATA_LOSS', `${path} is not a SavedModel: ${String(cause)}`);
  }
  const wanted = [...tags].sort().join(',');
  const graph = model.meta_graphs.find(
    (candidate) => [...(candidate.meta_info_def?.tags ?? [])].sort().join(',') === wanted,
  );
  if (graph === undefined)
    throw new TensorFlowError('NOT_FOUND', `${path} has no meta graph with the tags { ${tags.join(', ')} }`);
  return metaGraphFromMessage(graph);
}

/** The same from a serialized MetaGraphDef, which TensorFlow gives for the model it has loaded from `directory`. */
export function metaGraphFromBytes(bytes: Uint8Array, directory: string): MetaGraph {
  try {
    return metaGraphFromMessage(
      loadMessages().lookupType('tensorflow.MetaGraphDef').decode(bytes) as unknown as MetaGraphMessage,
    );
  } catch (cause) {
    throw new TensorFlowError('DATA_LOSS', `the meta graph of ${directory} does not decode: ${String(cause)}`);
  }
}

function metaGraphFromMessage(graph: MetaGraphMessage): MetaGraph {
  const map = loadMessages().lookupType('tensorflow.serving.SignatureDefMap');
  return {
    tags: graph.meta_info_def?.tags ?? [],
    signatures: new Map(
      Object.entries(graph.signature_def).map(([name, message]) => [name, signatureFromMessage(message)]),
    ),
    signatureDefMap: map.encode(map.create({ signature_def: graph.signature_def })).finish(),
  };
}

function signatureFromMessage(message: SignatureMessage): Signature {
  return {
    methodName: message.method_name,
    inputs: tensorsFromMessages(message.inputs),
    outputs: tensorsFromMessages(message.outputs),
  };
}

function tensorsFromMessages(messages: Record<string, TensorInfoMessage>): ReadonlyMap<string, SignatureTensor> {
  return new Map(
    Object.entries(messages).map(([alias, info]) => [
      alias,
      {
        tensorName: info.name ?? '',
        dtype: info.dtype ? dataTypeName(info.dtype) : undefined,
        shape: shapeFromMessage(info.tensor_shape),
      },
    ]),
  );
}

function shapeFromMessage(shape: TensorInfoMessage['tensor_shape']): number[] | undefined {
  if (shape === undefined || shape.unknown_rank === true) return undefined;
  return (shape.dim ?? []).map(({ size }) => (typeof size === 'number' ? size : size.toNumber()));
}
