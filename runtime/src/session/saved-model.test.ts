import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { requireEngine } from '../engine/require-engine.js';
import { floats, numbersOf } from '../testing/tensors.js';
import { halfPlusTwo } from '../testing/tiny-models.js';
import { SavedModel } from '../session/saved-model.js';
import { readMetaGraph } from '../signature.js';
import type { TensorValue } from '../tensor-value.js';
import { TensorFlowError } from '../tensorflow-error.js';

const { library, version } = await requireEngine();

const failsWith = (code: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof TensorFlowError, String(error));
  assert.equal(error.code, code);
  assert.match(error.message, message);
  return true;
};

describe('SavedModel', () => {
  let directory: string;
  let model: SavedModel;
  before(async () => {
    directory = await halfPlusTwo();
    model = await SavedModel.load(directory, { library });
  });
  after(async () => {
    await model.close();
    await rm(directory, { recursive: true });
  });
  const feeds = (value: TensorValue): ReadonlyMap<string, TensorValue> => new Map([['x:0', value]]);

  it('runs on the provisioned release', async () => {
    assert.equal(model.tensorflowVersion, version);
    const [y] = await model.run(feeds(floats([1, 2, 5])), ['y:0']);
    assert.deepEqual(y?.shape, [3]);
    assert.deepEqual(numbersOf(y), [2.5, 3, 4.5]);
  });

  it('returns several tensors in the order asked for, the same one twice too', async () => {
    const results = await model.run(feeds(floats([4])), ['m:0', 'y', 'm:0']);
    assert.deepEqual(results.map(numbersOf), [[2], [4], [2]]);
  });

  it('gives the signatures of the loaded model, the same as the file says', async () => {
    assert.deepEqual([...model.signatures.keys()], ['serving_default']);
    const { inputs, methodName } = model.signatures.get('serving_default') ?? assert.fail();
    assert.equal(methodName, 'tensorflow/serving/predict');
    assert.deepEqual(inputs.get('x'), { tensorName: 'x:0', dtype: 'float', shape: undefined });
    const file = await readMetaGraph(directory, ['serve']);
    assert.deepEqual(file.signatures, model.signatures);
    assert.deepEqual(file.signatureDefMap, model.signatureDefMap);
  });

  it('reads a tensor from the middle of a larger buffer', async () => {
    const around = new Uint8Array(4 + 8 + 4);
    around.set(floats([10, 20]).data, 4);
    const [y] = await model.run(feeds({ dtype: 'float', shape: [2], data: around.subarray(4, 12) }), ['y:0']);
    assert.deepEqual(numbersOf(y), [7, 12]);
  });

  it("rejects with TensorFlow's own texts and codes", async () => {
    const one = feeds(floats([1]));
    await assert.rejects(
      model.run(one, ['nope:0']),
      failsWith(
        'INVALID_ARGUMENT',
        /^Tensor nope:0, specified in either feed_devices or fetch_devices was not found in the Graph$/,
      ),
    );
    await assert.rejects(model.run(one, ['y:7']), failsWith('OUT_OF_RANGE', /'y'.* does not have output 7/));
    await assert.rejects(
      model.run(one, ['y:99999999999']),
      failsWith('INVALID_ARGUMENT', /was not found in the Graph/),
    );
    await assert.rejects(model.run(one, []), failsWith('INVALID_ARGUMENT', /at least one target/));
    await assert.rejects(
      model.run(new Map(), ['y:0']),
      failsWith('INVALID_ARGUMENT', /must feed a value for placeholder tensor 'x'/),
    );
    const wrongType = feeds({ dtype: 'int32', shape: [], data: new Uint8Array(4) });
    await assert.rejects(
      model.run(wrongType, ['y:0']),
      failsWith('INVALID_ARGUMENT', /Expects arg\[0\] to be float but int32 is provided/),
    );
  });

  it('refuses tensors whose bytes do not fill their shape, and shapes that cannot be', async () => {
    const refused = async (value: TensorValue, message: RegExp): Promise<void> => {
      await assert.rejects(model.run(feeds(value), ['y:0']), failsWith('INVALID_ARGUMENT', message));
    };
    await refused(floats([1, 2], [3]), /float tensor of shape \[3\] needs 12 bytes, got 8/);
    await refused(floats([1, 2], [1]), /needs 4 bytes, got 8/);
    await refused({ dtype: 'string', shape: [2], strings: [] }, /string tensor of shape \[2\] needs 2 strings, got 0/);
    for (const size of [-1, 0.5, NaN, 2 ** 60]) await refused(floats([], [size]), /cannot be: sizes are whole numbers/);
    // the first of two tensors is allocated by then, and must be freed
    const two = new Map([...feeds(floats([1])), ['m:0', floats([1], [2])]]);
    await assert.rejects(model.run(two, ['y:0']), failsWith('INVALID_ARGUMENT', /needs 8 bytes/));
    assert.deepEqual(numbersOf((await model.run(feeds(floats([2])), ['y:0']))[0]), [3]);
  });

  it("fails to load with TensorFlow's own texts", async () => {
    await assert.rejects(
      SavedModel.load('/nowhere', { library }),
      failsWith('NOT_FOUND', /Could not find SavedModel .pb or .pbtxt at supplied export directory path: \/nowhere/),
    );
    await assert.rejects(
      SavedModel.load(directory, { library, tags: ['gpu'] }),
      failsWith('NOT_FOUND', /matching supplied tags: \{ gpu \}/),
    );
    const broken = await halfPlusTwo();
    await writeFile(join(broken, 'saved_model.pb'), 'no protobuf at all');
    await assert.rejects(SavedModel.load(broken, { library }), TensorFlowError);
    await rm(broken, { recursive: true });
  });

  it('refuses a second copy of the library in one process', async () => {
    const other = { ...library, tensorflow: '/elsewhere/libtensorflow_cc.so.2' };
    await assert.rejects(SavedModel.load(directory, { library: other }), /one process cannot open \/elsewhere/);
  });
});
