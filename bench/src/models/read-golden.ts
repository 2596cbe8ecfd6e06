import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { FloatCases } from '../requests/index.js';
import { generatedImage } from './generated-image.js';
import { asFloats, heldoutImages } from './heldout-images.js';
import type { ManifestModel } from './manifest.js';
import { PROJECT_ROOT } from './project-root.js';
import { modelBasePath } from './read-manifest.js';

const inputsSchema = z.object({ float32Sha256: z.hex(), scale: z.literal('float32(byte) / 255') });

const goldenSchema = z.strictObject({
  schema: z.literal(1),
  model: z.string(),
  tensorflow: z.string(),
  inputs: z.discriminatedUnion('kind', [
    inputsSchema.extend({ kind: z.literal('heldout'), first: z.int().min(0), count: z.int().positive() }).strict(),
    inputsSchema
      .extend({ kind: z.literal('generated'), seeds: z.array(z.int()), shape: z.tuple([z.int(), z.int(), z.int()]) })
      .strict(),
  ]),
  /** By version: one row of probabilities per input. */
  outputs: z.record(z.string(), z.array(z.array(z.number()))),
});
type GoldenInputs = z.infer<typeof goldenSchema>['inputs'];

/**
 * The golden inputs of one version and the answers that Python's TensorFlow gave for them one at a time (batch 1).
 * Throws when the model is not built (see `ensureModel`) or the inputs made here are not those Python had.
 */
export async function readGolden(
  model: ManifestModel,
  version: number,
  root: string = PROJECT_ROOT,
): Promise<FloatCases> {
  const file = join(modelBasePath(model, root), 'golden.json');
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(`${model.name} is not built: ${file} is missing; run: ${model.build.command}`, { cause });
  });
  const parsed = goldenSchema.safeParse(JSON.parse(text));
  if (!parsed.success)
    throw new Error(`${file} is not a golden file of this format:\n${z.prettifyError(parsed.error)}`);
  const rows = parsed.data.outputs[String(version)];
  if (rows === undefined) throw new Error(`${file} has no outputs of version ${version}`);
  const inputs = await makeInputs(parsed.data.inputs, root);
  const made = createHash('sha256');
  for (const input of inputs) made.update(new Uint8Array(input.buffer, input.byteOffset, input.byteLength));
  if (made.digest('hex') !== parsed.data.inputs.float32Sha256)
    throw new Error(`${file}: the inputs made here are not the ones Python answered`);
  const { inputAlias, outputAlias, shape } = served(model);
  const bytesSignature = takingBytes(model);
  return {
    model: model.name,
    version,
    inputAlias,
    ...(bytesSignature === undefined ? {} : { bytesSignature }),
    outputAlias,
    instanceShape: shape.slice(1),
    cases: rows.map((row, at) => {
      const input = inputs[at];
      if (input === undefined) throw new Error(`${file} has ${rows.length} outputs for ${inputs.length} inputs`);
      return { input, expected: Float32Array.from(row) };
    }),
  };
}

async function makeInputs(inputs: GoldenInputs, root: string): Promise<Float32Array[]> {
  switch (inputs.kind) {
    case 'heldout':
      return (await heldoutImages(root)).images.slice(inputs.first, inputs.first + inputs.count).map(asFloats);
    case 'generated':
      return inputs.seeds.map((seed) => asFloats(generatedImage(seed, inputs.shape)));
  }
}

function served(model: ManifestModel): { inputAlias: string; outputAlias: string; shape: readonly number[] } {
  const signature = model.signatures['serving_default'];
  const [input] = Object.entries(signature?.inputs ?? {});
  const [outputAlias] = Object.keys(signature?.outputs ?? {});
  if (input === undefined || outputAlias === undefined)
    throw new Error(`the manifest gives ${model.name} no serving_default signature`);
  return { inputAlias: input[0], outputAlias, shape: input[1].shape };
}

/** The signature with one input, a string for each instance: models/zoo/export.py makes it to hold float32 values. */
function takingBytes(model: ManifestModel): string | undefined {
  for (const [signature, { inputs }] of Object.entries(model.signatures)) {
    const [input, ...others] = Object.values(inputs);
    if (input?.dtype === 'string' && others.length === 0) return signature;
  }
  return undefined;
}
