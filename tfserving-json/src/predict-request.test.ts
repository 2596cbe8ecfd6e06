import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { errorResponseBody } from './error-body.js';
import { JsonRequestError } from './json-request-error.js';
import { parsePredictRequest } from './predict-request.js';
import type { JsonTensor } from './tensor.js';

type Types = Readonly<Record<string, string>>;

function tensorsOf(
  body: string | Uint8Array,
  types: Types = { x: 'float' },
): ReadonlyMap<string, JsonTensor | undefined> {
  const inputs = new Map(Object.entries(types).map(([alias, dtype]) => [alias, { dtype }]));
  return parsePredictRequest(Buffer.from(body)).tensorsFor(inputs).tensors;
}

function refusalOf(body: string | Uint8Array, types?: Types): string {
  try {
    tensorsOf(body, types);
  } catch (error) {
    if (error instanceof JsonRequestError)
      return error.code === 'INVALID_ARGUMENT' ? error.message : `${error.code}: ${error.message}`;
    throw error;
  }
  return 'none';
}

const bytesOf = (tensor: JsonTensor | undefined): Uint8Array =>
  tensor !== undefined && 'data' in tensor ? tensor.data : new Uint8Array();
const ROW = "Failed to process element: 0 of 'instances' list. Error: INVALID_ARGUMENT: ";

describe('tensors of a predict request', () => {
  it('have the type of the signature and narrow integers as C++ does', () => {
    const read = (body: string, dtype: string): Uint8Array => bytesOf(tensorsOf(body, { x: dtype }).get('x'));
    assert.deepEqual([...new Int8Array(read('{"instances":[0,127,-128,300,-129]}', 'int8'))], [0, 127, -128, 44, 127]);
    assert.deepEqual([...read('{"instances":[511,-255,70000]}', 'uint8')], [255, 1, 112]);
    assert.deepEqual([...new Int16Array(read('{"instances":[40000]}', 'int16').buffer)], [-25536]);
    assert.deepEqual(
      [...new BigInt64Array(read('{"inputs":[9223372036854775807]}', 'int64').buffer)],
      [2n ** 63n - 1n],
    );
    assert.deepEqual(
      [...new BigUint64Array(read('{"inputs":[18446744073709551615]}', 'uint64').buffer)],
      [2n ** 64n - 1n],
    );
    assert.deepEqual([...new Uint32Array(read('{"inputs":[4294967295]}', 'uint32').buffer)], [4294967295]);
    assert.deepEqual([...read('{"inputs":[true,false]}', 'bool')], [1, 0]);
    const floats = new Float32Array(read('{"instances":[1e39,-1e39,1e-50,-1e-39,16777217,NaN]}', 'float').buffer);
    assert.deepEqual([...floats], [Infinity, -Infinity, 0, -0, 16777216, NaN]);
  });

  it('have the shape of the nesting; rows get a batch dimension', () => {
    const shape = (body: string): readonly number[] | undefined => tensorsOf(body).get('x')?.shape;
    assert.deepEqual(shape('{"inputs":3}'), []);
    assert.deepEqual(shape('{"inputs":[[1,2],[3,4]]}'), [2, 2]);
    assert.deepEqual(shape('{"instances":[3]}'), [1]);
    assert.deepEqual(shape('{"instances":[{"x":[[1,2]]},{"x":[[3,4]]}]}'), [2, 1, 2]);
    assert.deepEqual(shape('{"instances":[[[]]]}'), [1, 1, 0]);
    assert.deepEqual(shape('{"inputs":[]}'), [0]);
  });

  it('take base64 for any string input, whatever its name', () => {
    const tensor = tensorsOf('{"instances":["a",{"b64":"aGk="}]}', { s: 'string' }).get('s');
    assert.deepEqual(tensor, { dtype: 'string', shape: [2], strings: [Buffer.from('a'), Buffer.from('hi')] });
  });

  it('keep the first values when a row names an input twice, as TensorFlow reads such a tensor', () => {
    const tensor = tensorsOf('{"instances":[{"x":1,"x":2},{"x":3}]}').get('x');
    assert.deepEqual([...new Float32Array(bytesOf(tensor).buffer)], [1, 2]);
  });

  it('are undefined beyond 254 dimensions', () => {
    const deep = `${'['.repeat(255)}1${']'.repeat(255)}`;
    assert.deepEqual(tensorsOf(`{"inputs":${deep}}`), new Map([['x', undefined]]));
    assert.equal(refusalOf(`{"inputs":${'['.repeat(9000)}1,2${']'.repeat(9000)}}`), 'none');
  });
});

describe('a predict request of very many small values', () => {
  it('takes memory for its tensors only, whatever its values are', async () => {
    for (const repeated of ['{},', '[],', '[1],', '"",', '1.5,', '[[[[[[[[[1]]]]]]]]],']) {
      const url = new URL('predict-request.js', import.meta.url).href;
      const parse = `
        const { parsePredictRequest } = await import(${JSON.stringify(url)});
        const { parentPort } = await import('node:worker_threads');
        const body = Buffer.from('{"instances":[' + ${JSON.stringify(repeated)}.repeat(${12e6 / repeated.length}) + '1]}');
        try {
          parsePredictRequest(body).tensorsFor(new Map([['x', { dtype: 'int64' }]]));
          parentPort.postMessage('fits');
        } catch (error) {
          parentPort.postMessage(error.message);
        }`;
      const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(parse)}`), {
        resourceLimits: { maxOldGenerationSizeMb: 32 },
      });
      const [message] = (await once(worker, 'message')) as [string];
      assert.notEqual(message, '', repeated);
      await worker.terminate();
    }
  });
});

describe('a predict request that is refused', () => {
  it('has too many values or strings', () => {
    const list = (element: string, count: number): string =>
      `{"inputs":[${`${element},`.repeat(count - 1)}${element}]}`;
    assert.equal(refusalOf(list('1', 2 ** 24 + 2 ** 19)), 'An input has more than 16777216 values');
    assert.equal(refusalOf(list('""', 2 ** 18 + 1), { x: 'string' }), 'An input has more than 262144 strings');
  });

  it('says why in the words of the real server', () => {
    const two = { a: 'float', b: 'float' };
    const refusals: readonly [string, string, Types?][] = [
      ['[]', 'JSON Value: [] Is not object'],
      ['{}', "Missing 'inputs' or 'instances' key"],
      ['{"instances":5}', 'JSON Value: {\n    "instances": 5\n} Expecting \'instances\' to be an list/array'],
      ['{"instances":[]}', 'JSON Value: {\n    "instances": []\n} No values in \'instances\' array'],
      ['{"instances":["x"]}', `${ROW}JSON Value: "x" Type: String is not of expected type: float`],
      ['{"instances":[NaN]}', `${ROW}JSON Value:  Type: Number is not of expected type: int32`, { x: 'int32' }],
      [
        '{"instances":[[[1],2]]}',
        `${ROW}JSON Value: 2 found at incorrect level: 2 in the JSON DOM. Expected at level: 2`,
      ],
      ['{"inputs":[[1,2],[3]]}', 'Encountered list at unexpected size: 1 at level: 1 expected size: 2'],
      ['{"inputs":[1,[2]]}', 'Encountered list at unexpected level: 1 expected < 1'],
      ['{"inputs":1}', 'UNIMPLEMENTED: Conversion of JSON Value: 1 to type: half', { x: 'half' }],
      [
        '{"inputs":{"b64":"aGk="}}',
        'JSON Value: {\n    "b64": "aGk="\n} Type: Object is not of expected type: half',
        { x: 'half' },
      ],
      [
        '{"inputs":[{"b64":5}]}',
        'JSON Value: {\n    "b64": 5\n} not formatted correctly for base64 data',
        { x: 'string' },
      ],
      ['{"inputs":{"a":1}}', "Missing named input: b in 'inputs' object.", two],
      [
        '{"inputs":1}',
        'inputs is a plain value/list, but expecting an object as multiple input tensors required as per tensorinfo_map',
        two,
      ],
      [
        '{"instances":[1]}',
        'instances is a plain list, but expecting list of objects as multiple input tensors required as per tensorinfo_map',
        two,
      ],
      [
        '{"instances":[{"a":1}]}',
        'Failed to process element: 0 of \'instances\' list. JSON object: {\n    "a": 1\n} keys must be equal to: a,b',
        two,
      ],
      [
        '{"instances":[{"a":1,"c":1}]}',
        "Failed to process element: 0 key: c of 'instances' list. Error: INVALID_ARGUMENT: JSON object: does not have named input: c",
        two,
      ],
      ['{"instances":[{"x":1},2]}', 'Expecting object but got list at item 1 of input list'],
      ['{"instances":[1,{"x":2}]}', 'Expecting value/list but got object at item 1 of input list'],
      ['{"instances":[[1,2],3]}', `${ROW.replace('0', '1')}Expecting tensor size: 2 but got: 1`],
      ['{"instances":[[[1,2]],[[3],[4]]]}', `${ROW.replace('0', '1')}Expecting shape [1,2] but got: [2,1]`],
      ['{"instances":[1]}', 'Failed to get input map for signature: DEFAULT', {}],
    ];
    for (const [body, text, types] of refusals) assert.equal(refusalOf(body, types), text, body);
  });

  it('quotes no more than the real server', () => {
    assert.equal(refusalOf(`${'['.repeat(1000)}${']'.repeat(1000)}`), `JSON Value: ${'['.repeat(256)} Is not object`);
    const text = `"${'é'.repeat(150)}"`;
    assert.equal(refusalOf(`[${text}, 1]`), `JSON Value: [${text} Is not object`);
  });

  it('keeps bytes that are not UTF-8', () => {
    const refusal = refusalOf(Buffer.from('{"inputs":"\xff\xfe"}', 'latin1'));
    assert.match(errorResponseBody(refusal).toString('latin1'), /JSON Value: \\"\xff\xfe\\" Type: String/);
  });
});
