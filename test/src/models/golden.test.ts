import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import {
  asFloats,
  heldoutImages,
  modelBasePath,
  modelPath,
  readGolden,
  readManifest,
  type ManifestModel,
} from '@serving-study/bench';
import { requireEngine, SavedModel, type TensorValue } from '@serving-study/runtime';

/** Python and this session share the engine; another processor's kernels may add in another order. */
const TOLERANCE = 1e-5;
/** Images whose two best classes are so close that such a difference could swap them. */
const SWAPPABLE_IMAGES = 1;

const manifest = await readManifest();
const { library } = await requireEngine();

describe('TensorFlow in this process answers as Python did', () => {
  for (const model of manifest.models) {
    const built = model.location === 'committed' || existsSync(modelBasePath(model));
    for (const { version } of model.versions) {
      it(
        `${model.name} version ${version}`,
        { skip: built ? false : `not built here (${model.build.command})` },
        async () => {
          await using loaded = await load(model, version);
          const { cases, instanceShape } = await readGolden(model, version);
          for (const { input, expected } of cases) {
            const [answer] = await loaded.predict('serving_default', {
              dtype: 'float',
              shape: [1, ...instanceShape],
              data: bytesOf(input),
            });
            const difference = Math.max(...expected.map((value, at) => Math.abs(value - (answer?.[at] ?? NaN))));
            assert.ok(difference <= TOLERANCE, `differs by ${difference}`);
          }
        },
      );
    }
  }
});

describe('the accuracy in the manifest', () => {
  for (const model of manifest.models.filter(({ location }) => location === 'committed')) {
    it(`${model.name} reaches it on the committed held-out images`, async () => {
      const { images, labels } = await heldoutImages();
      const data = Buffer.concat(images.map((image) => bytesOf(asFloats(image))));
      for (const { version, accuracy } of model.versions) {
        assert.ok(accuracy !== null);
        await using loaded = await load(model, version);
        const answers = await loaded.predict('serving_default', {
          dtype: 'float',
          shape: [images.length, 28, 28, 1],
          data,
        });
        const right = answers.filter((answer, at) => answer.indexOf(Math.max(...answer)) === labels[at]).length;
        assert.ok(
          Math.abs(right - accuracy.committed.top1 * accuracy.committed.n) <= SWAPPABLE_IMAGES,
          `${right} of ${labels.length} right`,
        );
      }
    });
  }
});

it('fashion-cnn takes an image as bytes too, which REST clients can send as base64', async () => {
  const model = manifest.models.find(({ name }) => name === 'fashion-cnn');
  assert.ok(model !== undefined);
  await using loaded = await load(model, 2);
  const { cases } = await readGolden(model, 2);
  for (const { input, expected } of cases.slice(0, 4)) {
    const [answer] = await loaded.predict('raw_bytes', { dtype: 'string', shape: [1], strings: [bytesOf(input)] });
    assert.ok(expected.every((value, at) => Math.abs(value - (answer?.[at] ?? NaN)) <= TOLERANCE));
  }
});

interface Loaded extends AsyncDisposable {
  /** One row of probabilities per instance. */
  predict(signature: string, input: TensorValue): Promise<Float32Array[]>;
}

async function load(model: ManifestModel, version: number): Promise<Loaded> {
  const loaded = await SavedModel.load(modelPath(model, version), { library });
  return {
    async predict(name, input) {
      const signature = loaded.signatures.get(name);
      const [from, to] = [[...(signature?.inputs.values() ?? [])][0], [...(signature?.outputs.values() ?? [])][0]];
      assert.ok(from !== undefined && to !== undefined, `${model.name} has no signature ${name}`);
      const [output] = await loaded.run(new Map([[from.tensorName, input]]), [to.tensorName]);
      assert.ok(output?.dtype === 'float');
      const values = new Float32Array(output.data.slice().buffer);
      const classes = output.shape.at(-1) ?? 1;
      return Array.from({ length: values.length / classes }, (_, at) =>
        values.subarray(at * classes, (at + 1) * classes),
      );
    },
    [Symbol.asyncDispose]: () => loaded[Symbol.asyncDispose](),
  };
}

function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
