import type { Signature } from '@serving-study/runtime';
import { serviceError, type PredictRequest } from '@serving-study/serving-kit';
import type { Tensor, Tensors } from './model.js';

/**
 * The response body: `predictions` row by row, or `outputs` whole; an only output is not named. Numbers are written by
 * JSON.stringify, as tolist() and json.dumps do in Flask: shortest digits of the double, which read back as the same
 * float32. NaN and infinities have no JSON and come out as null.
 */
export function jsonFromTensors(format: PredictRequest['format'], outputs: Tensors, signature: Signature): string {
  const nested = new Map([...outputs].map(([alias, tensor]) => [alias, nest(tensor, elementOf(alias, signature))]));
  const [only, ...others] = nested.values();
  const unnamed = others.length === 0;
  if (format === 'columnar') return JSON.stringify({ outputs: unnamed ? only : Object.fromEntries(nested) });
  for (const [alias, { shape }] of outputs)
    if (shape.length === 0) throw serviceError('wrong-shape', alias, 'has no rows; ask for it with "inputs"');
  if (unnamed) return JSON.stringify({ predictions: only });
  const columns = [...nested] as [string, unknown[]][];
  const rows = columns[0]?.[1] ?? [];
  return JSON.stringify({
    predictions: rows.map((_, row) => Object.fromEntries(columns.map(([alias, column]) => [alias, column[row]]))),
  });
}

type Element = Tensor['values'][number];

function elementOf(alias: string, signature: Signature): (value: Element) => unknown {
  const dtype = signature.outputs.get(alias)?.dtype;
  if (dtype === 'bool') return (value) => value === 1;
  if (dtype !== 'string') return Number; // the binding hands int64 out as BigInt
  if (alias.endsWith('_bytes')) return (value) => ({ b64: Buffer.from(value as Uint8Array).toString('base64') });
  return (value) => Buffer.from(value as Uint8Array).toString();
}

function nest({ shape, values }: Tensor, element: (value: Element) => unknown): unknown {
  let next = 0;
  const build = (level: number): unknown =>
    level === shape.length
      ? element(values[next++] ?? 0)
      : Array.from({ length: shape[level] ?? 0 }, () => build(level + 1));
  return build(0);
}
