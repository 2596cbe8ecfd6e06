import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { dataTypeName, loadMessages } from '@serving-study/protos';
import { elementCount } from '../requests/index.js';

/** One input or output of a signature. */
export interface TensorInfo {
  readonly alias: string;
  /** Undefined for a type that this project does not know. */
  readonly dtype: string | undefined;
  /** -1 where a size is open; null where the rank is. */
  readonly shape: readonly number[] | null;
}

export interface ModelSignature {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** Elements of the variables it reads; of a frozen graph, which has none, those of its constants. */
  readonly parameters: number;
}

/** What `saved_model.pb` and its folder say of a model, without loading it. */
export interface ModelFile {
  readonly signatures: ReadonlyMap<string, ModelSignature>;
  /** Of all files. */
  readonly bytes: number;
  /** Whether doubles are made of narrower numbers on the way: then they are no more exact than those. */
  readonly widens: boolean;
  /** Ops after which answers may differ from call to call, and what they do. */
  readonly unsteadyOps: readonly {
    readonly op: string;
    readonly does: 'draws random numbers' | 'changes a variable';
  }[];
}

interface ShapeMessage {
  readonly dim?: readonly { readonly size: number | { toNumber(): number } }[];
  readonly unknown_rank?: boolean;
}
interface NodeMessage {
  readonly name: string;
  readonly input: readonly string[];
  readonly op: string;
  readonly attr: Readonly<
    Record<string, { type?: number; shape?: ShapeMessage; tensor?: { dtype: number; tensor_shape?: ShapeMessage } }>
  >;
}
interface InfoMessage {
  readonly name?: string;
  readonly dtype: number;
  readonly tensor_shape?: ShapeMessage;
}
interface MetaGraphMessage {
  readonly meta_info_def?: { readonly tags: readonly string[] };
  readonly graph_def?: {
    readonly node: readonly NodeMessage[];
    readonly library?: {
      readonly function: readonly { signature?: { name: string }; node_def: readonly NodeMessage[] }[];
    };
  };
  readonly signature_def: Readonly<
    Record<string, { inputs: Record<string, InfoMessage>; outputs: Record<string, InfoMessage> }>
  >;
}

/** Names that TensorFlow's own start-up puts beside the signatures. */
const NO_SIGNATURE = '__saved_model_init_op';

/** Reads the meta graph that servers take (tag `serve`). @throws Error in words for a file that is damaged or not for serving. */
export async function readModelFile(folder: string): Promise<ModelFile> {
  const file = join(folder, 'saved_model.pb');
  const bytes = await readFile(file);
  if (bytes.length === 0) throw new Error(`${file} is empty`);
  let message: { readonly meta_graphs: readonly MetaGraphMessage[] };
  try {
    message = loadMessages().lookupType('tensorflow.SavedModelWithGraph').decode(bytes) as unknown as typeof message;
  } catch (cause) {
    throw new Error(`${file} is damaged or was not copied whole: it cannot be read as a SavedModel`, { cause });
  }
  const graph = message.meta_graphs.find(({ meta_info_def: info }) => info?.tags.join() === 'serve');
  if (graph === undefined) {
    const tags = message.meta_graphs.map(({ meta_info_def: info }) => `{ ${info?.tags.join(', ') ?? ''} }`);
    throw new Error(`${file} has no graph for serving (tag serve); it has ${tags.join(', ') || 'none at all'}`);
  }
  const nodes = nodesOf(graph);
  if (nodes.some(({ op }) => VARIABLES.has(op)) && !existsSync(join(folder, 'variables', 'variables.index')))
    throw new Error(
      `${folder} was not copied whole: the model has variables, and there is no variables/variables.index`,
    );
  return {
    signatures: new Map(
      Object.entries(graph.signature_def)
        .filter(([name]) => name !== NO_SIGNATURE)
        .map(([name, { inputs, outputs }]) => [
          name,
          { inputs: infosOf(inputs), outputs: infosOf(outputs), parameters: parametersOf(graph, outputs) },
        ]),
    ),
    bytes: await folderBytes(folder),
    unsteadyOps: unsteady(nodes),
    widens: nodes.some(
      ({ op, attr }) => op === 'Cast' && typeOf(attr['DstT']) === 'double' && typeOf(attr['SrcT']) !== 'double',
    ),
  };
}

/** Without the functions by which TensorFlow saves and restores: they change variables when nobody asks. */
function nodesOf({ graph_def: graph }: MetaGraphMessage): NodeMessage[] {
  const functions = (graph?.library?.function ?? []).filter(
    ({ signature }) => !/traced_(?:save|restore)/.test(signature?.name ?? ''),
  );
  return [...(graph?.node ?? []), ...functions.flatMap(({ node_def: nodes }) => nodes)];
}

function infosOf(tensors: Readonly<Record<string, InfoMessage>>): TensorInfo[] {
  return Object.entries(tensors)
    .map(([alias, { dtype, tensor_shape: shape }]) => ({ alias, dtype: dataTypeName(dtype), shape: shapeOf(shape) }))
    .sort((a, b) => (a.alias < b.alias ? -1 : 1));
}

function shapeOf(shape: ShapeMessage | undefined): number[] | null {
  if (shape === undefined || shape.unknown_rank === true) return null;
  return (shape.dim ?? []).map(({ size }) => Number(size));
}

const VARIABLES = new Set(['VarHandleOp', 'VariableV2', 'Variable']);
const FLOATING = new Set(['float', 'double', 'half', 'bfloat16']);

/** Exports hold copies of variables that no signature reads: only what leads to its outputs counts. */
function parametersOf(graph: MetaGraphMessage, outputs: Readonly<Record<string, InfoMessage>>): number {
  const count = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + size, 0);
  const byName = new Map((graph.graph_def?.node ?? []).map((node) => [node.name, node]));
  const reached = new Set<NodeMessage>();
  const left = Object.values(outputs).map(({ name = '' }) => name);
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    // `^name` is a control input, `name:1` the second output.
    const node = byName.get(name.replace(/^\^/, '').replace(/:\d+$/, ''));
    if (node === undefined || reached.has(node)) continue;
    reached.add(node);
    left.push(...node.input);
  }
  const variables = [...reached].filter(({ op }) => VARIABLES.has(op));
  if (variables.length > 0) return count(variables.map(({ attr }) => known(attr['shape']?.shape)));
  const inFunctions = nodesOf(graph).slice(byName.size);
  return count([...reached, ...inFunctions].map(constantSize));
}

function constantSize({ op, attr }: NodeMessage): number {
  const tensor = op === 'Const' ? attr['value']?.tensor : undefined;
  if (tensor === undefined || !FLOATING.has(dataTypeName(tensor.dtype) ?? '')) return 0;
  // A single number is a setting of an op, not something that was learnt.
  return (tensor.tensor_shape?.dim ?? []).length === 0 ? 0 : known(tensor.tensor_shape);
}

function typeOf(attr: NodeMessage['attr'][string] | undefined): string | undefined {
  return attr?.type === undefined ? undefined : dataTypeName(attr.type);
}

function known(shape: ShapeMessage | undefined): number {
  const sizes = shapeOf(shape) ?? [0];
  return sizes.some((size) => size < 0) ? 0 : elementCount(sizes);
}

const RANDOM =
  /^(?:Random(?!Dataset)|ParameterizedTruncatedNormal|TruncatedNormal|Multinomial|Stateful(?:Random|Uniform|StandardNormal|TruncatedNormal)|Rng)/;
const CHANGING =
  /^(?:Assign(?:Add|Sub)?(?:VariableOp)?$|ResourceScatter|Scatter(?:Add|Sub|Update)$|(?:Hash|Lookup)TableInsert)/;

function unsteady(nodes: readonly NodeMessage[]): ModelFile['unsteadyOps'] {
  const ops = [...new Set(nodes.map(({ op }) => op))].sort();
  return [
    ...ops.filter((op) => RANDOM.test(op)).map((op) => ({ op, does: 'draws random numbers' }) as const),
    ...ops.filter((op) => CHANGING.test(op)).map((op) => ({ op, does: 'changes a variable' }) as const),
  ];
}

async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  const sizes = await Promise.all(files.map(({ parentPath, name }) => stat(join(parentPath, name))));
  return sizes.reduce((sum, { size }) => sum + size, 0);
}
