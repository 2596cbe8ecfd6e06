import { DEFAULT_SIGNATURE } from '@serving-study/serving-kit';
import { base64Of, isObject, quoted, refuse, rowsFromTensor, tensorFromJson } from './tensor-json.js';
import type { InputTensor, OutputTensor } from './tensor.js';

/** Inputs of a signature by the names that clients use; of each only the type counts here. */
export type InputTypes = ReadonlyMap<string, { readonly dtype?: string | undefined }>;

type Outputs = ReadonlyMap<string, OutputTensor>;

export type PredictRequest = { readonly signatureName: string } & (
  { readonly byRow: true; readonly values: readonly unknown[] } | { readonly byRow: false; readonly values: unknown }
);

/** Row format: `instances`, a list with one entry for each row. Columnar format: `inputs`, whole tensors. */
export function predictRequest(json: unknown): PredictRequest {
  if (!isObject(json)) return refuse(`JSON Value: ${quoted(json)} Is not object`);
  const { signature_name: name = '', instances, inputs } = json;
  if (typeof name !== 'string') return refuse(`'signature_name' key must be a string value, not ${quoted(name)}`);
  const signatureName = name === '' ? DEFAULT_SIGNATURE : name;
  if (inputs !== undefined && instances !== undefined)
    return refuse("Not formatted correctly expecting only one of 'inputs' or 'instances' keys to exist");
  if (inputs !== undefined) return { signatureName, byRow: false, values: inputs };
  if (instances === undefined) return refuse("Missing 'inputs' or 'instances' key");
  if (!Array.isArray(instances))
    return refuse(`JSON Value: ${quoted(instances)} Expecting 'instances' to be an list/array`);
  if (instances.length === 0) return refuse("No values in 'instances' array");
  return { signatureName, byRow: true, values: instances };
}

/** Types come from the signature, shapes from the lists alone: whether a shape suits the graph is TensorFlow's to say. */
export function inputTensors(inputs: InputTypes, { byRow, values }: PredictRequest): ReadonlyMap<string, InputTensor> {
  const aliases = [...inputs.keys()].sort();
  const first = byRow ? values[0] : values;
  let columnOf: (alias: string) => unknown = () => values;
  if (!isNamed(first)) {
    const plain = byRow
      ? 'instances is a plain list, but expecting list of objects'
      : 'inputs is a plain value/list, but expecting an object';
    if (aliases.length !== 1) refuse(`${plain} as multiple input tensors required: ${aliases.join()}`);
  } else if (byRow) {
    if (!values.every((row) => hasJust(row, aliases)))
      refuse(`in each entry of 'instances' list, keys must be equal to: ${aliases.join()}`);
    columnOf = (alias) => values.map((row) => (row as typeof first)[alias]);
  } else {
    const missing = aliases.find((alias) => !Object.hasOwn(first, alias));
    if (missing !== undefined) refuse(`Missing named input: ${missing} in 'inputs' object.`);
    columnOf = (alias) => first[alias];
  }
  return new Map(aliases.map((alias) => [alias, tensorFromJson(alias, columnOf(alias), inputs.get(alias)?.dtype)]));
}

/** An object that names inputs, as opposed to `{"b64": "..."}`, which is one string. */
function isNamed(value: unknown): value is Record<string, unknown> {
  return isObject(value) && base64Of(value) === undefined;
}

function hasJust(row: unknown, names: readonly string[]): boolean {
  return isNamed(row) && Object.keys(row).length === names.length && names.every((name) => Object.hasOwn(row, name));
}

/** `{"outputs": ...}`: whole tensors; an only one is not named. */
export function answerWhole(outputs: Outputs): string {
  const texts = [...outputs].map(([alias, tensor]) => {
    const rows = rowsFromTensor(alias, tensor).join();
    return [alias, tensor.shape.length === 0 ? rows : `[${rows}]`] as const;
  });
  return `{"outputs":${texts.length === 1 ? (texts[0]?.[1] ?? '') : objectText(texts)}}`;
}

/** `{"predictions": [...]}`: an entry for each row, in which several outputs are named. All must have the same number of rows. */
export function answerByRow(outputs: Outputs): string {
  const [firstRows] = [...outputs.values()].map(({ shape }) => shape[0] ?? 0);
  for (const [alias, { shape }] of outputs) {
    if (shape.length === 0) refuse(`Tensor name: ${alias} has no shape information, ask for it with 'inputs'`);
    if (shape[0] !== firstRows)
      refuse(`Tensor name: ${alias} has inconsistent batch size: ${shape[0] ?? 0} expecting: ${firstRows ?? 0}`);
  }
  const columns = [...outputs].map(([alias, tensor]) => [alias, rowsFromTensor(alias, tensor)] as const);
  const [only = [], ...others] = columns.map(([, rows]) => rows);
  const rows =
    others.length === 0
      ? only
      : only.map((_, row) => objectText(columns.map(([alias, texts]) => [alias, texts[row] ?? ''])));
  return `{"predictions":[${rows.join()}]}`;
}

function objectText(members: readonly (readonly [name: string, text: string])[]): string {
  return `{${members.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join()}}`;
}
