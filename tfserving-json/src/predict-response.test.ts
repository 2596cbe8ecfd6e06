import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { JsonText } from './json-text.js';
import { predictResponseBody } from './predict-response.js';
import { errorResponseBody } from './error-body.js';
import { classifyResponseBody, regressResponseBody } from './result-responses.js';
import type { OutputTensor } from './tensor-values.js';

/** Floats nearer to zero than this are subnormal, and written as zero. */
const SMALLEST_NORMAL = 2 ** -126;
const floats = (shape: readonly number[], values: number[]): OutputTensor => ({
  dtype: 'float',
  shape,
  data: new Uint8Array(Float32Array.from(values).buffer),
});
const ints = (shape: number[], values: number[]): OutputTensor => ({
  dtype: 'int32',
  shape,
  data: new Uint8Array(Int32Array.from(values).buffer),
});
const strings = (shape: number[], values: string[]): OutputTensor => ({
  dtype: 'string',
  shape,
  strings: values.map((value) => Buffer.from(value, 'latin1')),
});
const body = (format: 'row' | 'columnar', outputs: Record<string, OutputTensor>): string =>
  predictResponseBody(format, new Map(Object.entries(outputs))).toString();

describe('the answer to a predict request', () => {
  it('has the layout of the real server by rows', () => {
    assert.equal(body('row', { y: floats([3], [2.5, 3, 3.5]) }), '{\n    "predictions": [2.5, 3.0, 3.5\n    ]\n}');
    assert.equal(
      body('row', { y: ints([2, 2, 2], [1, 2, 3, 4, 1, 2, 3, 4]) }),
      '{\n    "predictions": [[[1, 2], [3, 4]], [[1, 2], [3, 4]]\n    ]\n}',
    );
    assert.equal(body('row', { y: floats([0], []) }), '{\n    "predictions": []\n}');
    assert.equal(body('row', { y: floats([1, 0], []) }), '{\n    "predictions": [[]\n    ]\n}');
    const b64 = (indent: number): string => `{\n${' '.repeat(indent + 4)}"b64": "aGk="\n${' '.repeat(indent)}}`;
    assert.equal(
      body('row', { s_bytes: strings([2], ['hi', 'hi']) }),
      `{\n    "predictions": [${b64(8)}, ${b64(8)}\n    ]\n}`,
    );
    const row = `{\n            "a": [1, 2],\n            "s": "x",\n            "img_bytes": [${b64(16)}, ${b64(16)}]\n        }`;
    assert.equal(
      body('row', {
        a: ints([2, 2], [1, 2, 1, 2]),
        s: strings([2], ['x', 'x']),
        img_bytes: strings([2, 2], ['hi', 'hi', 'hi', 'hi']),
      }),
      `{\n    "predictions": [\n        ${row},\n        ${row}\n    ]\n}`,
    );
  });

  it('has the layout of the real server by columns', () => {
    assert.equal(body('columnar', { y: floats([], [13.5]) }), '{\n    "outputs": 13.5\n}');
    assert.equal(
      body('columnar', { y: ints([2, 2], [1, 2, 1, 2]) }),
      '{\n    "outputs": [\n        [\n            1,\n            2\n        ],\n        [\n            1,\n            2\n        ]\n    ]\n}',
    );
    assert.equal(
      body('columnar', { a: ints([1], [1]), b: ints([], [3]) }),
      '{\n    "outputs": {\n        "a": [\n            1\n        ],\n        "b": 3\n    }\n}',
    );
    assert.equal(
      body('columnar', { y: strings([2, 0], []) }),
      '{\n    "outputs": [\n        [],\n        []\n    ]\n}',
    );
    assert.equal(
      body('columnar', { s_bytes: strings([], ['hi']) }),
      '{\n    "outputs": {\n        "b64": "aGk="\n    }\n}',
    );
  });

  it('writes strings byte by byte', () => {
    const answer = predictResponseBody('columnar', new Map([['y', strings([], ['q"\\/\b\f\n\r\t\x01\x1f\x7f\xff'])]]));
    assert.equal(answer.toString('latin1'), '{\n    "outputs": "q\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001F\x7f\xff"\n}');
  });

  it('refuses what has no place in it', () => {
    assert.throws(() => body('row', {}), /^JsonRequestError: Cannot convert empty tensor map to JSON$/);
    assert.throws(() => body('row', { y: floats([], [1]) }), /Tensor name: y has no shape information $/);
    assert.throws(
      () => body('row', { a: floats([1], [1]), b: floats([2], [1, 2]) }),
      /Tensor name: b has inconsistent batch size: 2 expecting: 1$/,
    );
    const half = { dtype: 'half', shape: [1], data: new Uint8Array(2) };
    assert.throws(() => body('row', { y: half }), /Failed to write JSON value for tensor type: half$/);
    assert.equal(body('columnar', { y: { ...half, shape: [0], data: new Uint8Array(0) } }), '{\n    "outputs": []\n}');
  });

  it('is JSON with the same values, whatever the tensor', () => {
    const values = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), {
      minLength: 12,
      maxLength: 12,
    });
    fc.assert(
      fc.property(
        values,
        fc.constantFrom([12], [3, 4], [2, 3, 2], [1, 12]),
        fc.constantFrom('row', 'columnar'),
        (list, shape, format) => {
          const answer = body(format, { y: floats(shape, list) });
          const flat = (JSON.parse(answer) as Record<string, number[]>)[
            format === 'row' ? 'predictions' : 'outputs'
          ]?.flat(3);
          assert.deepEqual(
            flat?.map(Math.fround),
            list.map((value) => (Math.abs(value) < SMALLEST_NORMAL ? value * 0 : value)),
          );
          new JsonText(Buffer.from(answer));
        },
      ),
      { examples: [[[-SMALLEST_NORMAL, ...Array<number>(11).fill(0)], [12], 'row']] },
    );
  });

  it('takes tensors that are not aligned in memory', () => {
    const data = new Uint8Array(9).subarray(1);
    data.set(new Uint8Array(Float32Array.of(1, 2).buffer));
    assert.equal(body('row', { y: { dtype: 'float', shape: [2], data } }), '{\n    "predictions": [1.0, 2.0\n    ]\n}');
  });
});

describe('other answers', () => {
  it('list classes with their scores, and regressions', () => {
    const label = (text: string): Uint8Array => Buffer.from(text);
    const classes = [
      { label: label('c'), score: 0.5 },
      { label: label(''), score: 0 },
    ];
    assert.equal(
      classifyResponseBody([classes, classes]).toString(),
      '{\n    "results": [[["c", 0.5], ["", 0.0]], [["c", 0.5], ["", 0.0]]\n    ]\n}',
    );
    assert.equal(regressResponseBody([3.5, 4]).toString(), '{\n    "results": [3.5, 4.0]\n}');
    assert.throws(() => regressResponseBody([]), /Cannot convert empty RegressionResults to JSON/);
  });

  it('say what is wrong', () => {
    assert.equal(errorResponseBody('a "b"\n').toString(), '{\n    "error": "a \\"b\\"\\n"\n}');
  });
});
