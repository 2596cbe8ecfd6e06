import type { DataTypeName } from '@serving-study/protos';
import { z } from 'zod';
import type { Tensor, Tensors } from '../requests/index.js';

const tensorSchema = z.object({
  dtype: z.string(),
  shape: z.array(z.int()),
  data: z.base64().optional(),
  strings: z.array(z.base64()).optional(),
});

/** Tensors as the engine's process writes them, bytes in base64. */
export const tensorsSchema = z
  .record(z.string(), tensorSchema)
  .transform((record): Tensors => new Map(Object.entries(record).map(([alias, json]) => [alias, tensorOf(json)])));

function tensorOf({ dtype, shape, data = '', strings = [] }: z.infer<typeof tensorSchema>): Tensor {
  if (dtype === 'string') return { dtype, shape, strings: strings.map((text) => Buffer.from(text, 'base64')) };
  return { dtype: dtype as Exclude<DataTypeName, 'string'>, shape, data: Buffer.from(data, 'base64') };
}

export function tensorsJson(tensors: Tensors): Record<string, object> {
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  return Object.fromEntries(
    [...tensors].map(([alias, tensor]) => [
      alias,
      {
        dtype: tensor.dtype,
        shape: tensor.shape,
        ...(tensor.dtype === 'string' ? { strings: tensor.strings.map(base64) } : { data: base64(tensor.data) }),
      },
    ]),
  );
}
