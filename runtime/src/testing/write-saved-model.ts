import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataTypeNumber, type DataTypeName } from '@serving-study/protos';
import protobuf from 'protobufjs';

/** The graph half of SavedModel, which `protos` leaves undeclared; graph.proto, node_def.proto and attr_value.proto, in part. */
const GRAPH = protobuf
  .parse(
    `syntax = "proto3";
  message SavedModel { int64 saved_model_schema_version = 1; repeated MetaGraph meta_graphs = 2; }
  message MetaGraph { MetaInfo meta_info_def = 1; Graph graph_def = 2; map<string, Signature> signature_def = 5; }
  message MetaInfo { repeated string tags = 4; }
  message Graph { repeated Node node = 1; Library library = 2; Versions versions = 4; }
  message Library { repeated Function function = 1; }
  message Function { Op signature = 1; repeated Node node_def = 3; map<string, string> ret = 4; map<string, Attr> attr = 5; }
  message Op { string name = 1; repeated Arg input_arg = 2; repeated Arg output_arg = 3; }
  message Arg { string name = 1; int32 type = 3; }
  message Versions { int32 producer = 1; }
  message Node { string name = 1; string op = 2; repeated string input = 3; string device = 4; map<string, Attr> attr = 5; }
  message Attr {
    oneof value { List list = 1; bytes s = 2; int64 i = 3; bool b = 5; int32 type = 6; Shape shape = 7; Tensor tensor = 8; Name func = 10; }
  }
  message List { repeated int32 type = 6; }
  message Name { string name = 1; }
  message Shape { repeated Dim dim = 2; bool unknown_rank = 3; }
  message Dim { int64 size = 1; }
  message Tensor { int32 dtype = 1; Shape tensor_shape = 2; bytes tensor_content = 4; }
  message Signature { map<string, Info> inputs = 1; map<string, Info> outputs = 2; string method_name = 3; }
  message Info { string name = 1; int32 dtype = 2; Shape tensor_shape = 3; }`,
    { keepCase: true },
  )
  .root.lookupType('SavedModel');

/** Version of the graph format that TensorFlow 2.16 wrote; newer libraries read it. */
const PRODUCER = 1882;

export interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Readonly<
    Record<
      string,
      | { type: DataTypeName }
      | { types: readonly DataTypeName[] }
      | { s: string }
      | { i: number }
      | { b: boolean }
      | { tensor: ScalarTensor }
      | { function: string }
    >
  >;
}

/** A function of one tensor, never inlined. `output` is named as inside functions: `node:output:index`. */
export interface GraphFunction {
  readonly name: string;
  readonly input: string;
  readonly output: string;
  readonly dtype: DataTypeName;
  readonly nodes: readonly GraphNode[];
}

/** A scalar: its type and its little-endian bytes. */
interface ScalarTensor {
  readonly dtype: DataTypeName;
  readonly bytes: Uint8Array;
}

export interface SignatureSource {
  readonly inputs: Readonly<Record<string, readonly [tensor: string, dtype: DataTypeName]>>;
  readonly outputs: Readonly<Record<string, readonly [tensor: string, dtype: DataTypeName]>>;
}

/** Writes a SavedModel with these nodes into a fresh folder and returns the folder. For tests. */
export async function writeSavedModel(
  nodes: readonly GraphNode[],
  signatures: Readonly<Record<string, SignatureSource>> = {},
  functions: readonly GraphFunction[] = [],
): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'saved-model-'));
  await mkdir(directory, { recursive: true });
  const info = (tensors: SignatureSource['inputs']): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(tensors).map(([alias, [name, dtype]]) => [
        alias,
        { name, dtype: dataTypeNumber(dtype), tensor_shape: { unknown_rank: true } },
      ]),
    );
  const message = {
    saved_model_schema_version: 1,
    meta_graphs: [
      {
        meta_info_def: { tags: ['serve'] },
        graph_def: {
          node: nodes.map(nodeMessage),
          library: { function: functions.map(functionMessage) },
          versions: { producer: PRODUCER },
        },
        signature_def: Object.fromEntries(
          Object.entries(signatures).map(([name, { inputs, outputs }]) => [
            name,
            { inputs: info(inputs), outputs: info(outputs), method_name: 'tensorflow/serving/predict' },
          ]),
        ),
      },
    ],
  };
  await writeFile(join(directory, 'saved_model.pb'), GRAPH.encode(GRAPH.fromObject(message)).finish());
  return directory;
}

export const constant = (name: string, dtype: DataTypeName, bytes: Uint8Array): GraphNode => ({
  name,
  op: 'Const',
  attr: { dtype: { type: dtype }, value: { tensor: { dtype, bytes } } },
});

function functionMessage({ name, input, output, dtype, nodes }: GraphFunction): Record<string, unknown> {
  const type = dataTypeNumber(dtype);
  return {
    signature: { name, input_arg: [{ name: input, type }], output_arg: [{ name: 'result', type }] },
    node_def: nodes.map(nodeMessage),
    ret: { result: output },
    attr: { _noinline: { b: true } },
  };
}

function nodeMessage({ name, op, input, attr }: GraphNode): Record<string, unknown> {
  const attributes = Object.entries(attr ?? {}).map(([key, value]) => {
    if ('type' in value) return [key, { type: dataTypeNumber(value.type) }];
    if ('types' in value) return [key, { list: { type: value.types.map(dataTypeNumber) } }];
    if ('function' in value) return [key, { func: { name: value.function } }];
    if ('s' in value) return [key, { s: Buffer.from(value.s) }];
    if ('tensor' in value)
      return [
        key,
        { tensor: { dtype: dataTypeNumber(value.tensor.dtype), tensor_shape: {}, tensor_content: value.tensor.bytes } },
      ];
    return [key, value];
  });
  return { name, op, input: input ?? [], attr: Object.fromEntries(attributes) };
}
