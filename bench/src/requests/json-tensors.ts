import { isUtf8 } from 'node:buffer';
import { jsonFromFloat32 } from './json-number.js';
import { elementCount, elementsOf, type Element, type Tensor, type Tensors } from './tensor.js';

/** The members of a predict request with an object or a value for each instance: every tensor has as many rows. */
export function rowsText(inputs: Tensors): string {
  const columns = [...inputs].map(([alias, tensor]) => ({ alias, rows: rowTexts(tensor) }));
  const [only] = columns;
  if (only === undefined) throw new Error('a request needs an input');
  const rows = only.rows.map((row, at) =>
    columns.length === 1
      ? row
      : `{${columns.map(({ alias, rows: own }) => `${JSON.stringify(alias)}:${own[at] ?? ''}`).join(',')}}`,
  );
  return `"instances":[${rows.join(',')}]`;
}

/** The same with whole tensors: for scalars, and for models whose answers have no row for each instance. */
export function columnsText(inputs: Tensors): string {
  const members = [...inputs].map(([alias, tensor]) => `${JSON.stringify(alias)}:${tensorText(tensor)}`);
  return `"inputs":{${members.join(',')}}`;
}

function rowTexts(tensor: Tensor): string[] {
  const [rows = 0, ...shape] = tensor.shape;
  const size = elementCount(shape);
  const texts = elementTexts(tensor);
  return Array.from({ length: rows }, (_, row) => nested(texts, shape, row * size));
}

function tensorText(tensor: Tensor): string {
  return nested(elementTexts(tensor), tensor.shape, 0);
}

/** The sub-tensor of this shape whose first element is `from`. */
function nested(texts: readonly string[], shape: readonly number[], from: number): string {
  const [size, ...inner] = shape;
  if (size === undefined) return texts[from] ?? '';
  const step = elementCount(inner);
  return `[${Array.from({ length: size }, (_, at) => nested(texts, inner, from + at * step)).join(',')}]`;
}

function elementTexts(tensor: Tensor): string[] {
  const { dtype } = tensor;
  if (dtype.startsWith('complex')) throw new Error(`JSON cannot carry ${dtype} numbers`);
  const textOf = (value: Element): string => {
    if (typeof value === 'number') return dtype === 'float' ? jsonFromFloat32(value) : numberText(value);
    if (typeof value === 'bigint') return dtype === 'bool' ? String(value === 1n) : String(value);
    return isUtf8(value)
      ? JSON.stringify(Buffer.from(value).toString())
      : `{"b64":"${Buffer.from(value).toString('base64')}"}`;
  };
  return Array.from(elementsOf(tensor), textOf);
}

/** TensorFlow Serving reads what JSON has no words for: NaN, Infinity, -Infinity. */
function numberText(value: number): string {
  return Object.is(value, -0) ? '-0.0' : String(value);
}
