import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { JsonRequestError } from './json-request-error.js';
import { ParsedRequest } from './parsed-request.js';
import { readPlainRequest } from './plain-request.js';
import { parsePredictRequest } from './predict-request.js';
import type { PredictTensors } from './predict-request-body.js';
import { requestObject } from './request-object.js';

const TYPES = ['float', 'double', 'int32', 'int64', 'int8', 'int16', 'uint8', 'uint32', 'uint64', 'string'] as const;

function slowly(body: Uint8Array, dtype: string): PredictTensors {
  return new ParsedRequest(requestObject(body)).tensorsFor(new Map([['x', { dtype }]]));
}

function outcome(tensors: () => PredictTensors): PredictTensors | string {
  try {
    return tensors();
  } catch (error) {
    if (error instanceof JsonRequestError) return error.message;
    throw error;
  }
}

/** Number tokens of all kinds, few of them broken. */
const token = fc.oneof(
  { weight: 6, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => String(value)) },
  { weight: 6, arbitrary: fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => String(value)) },
  { weight: 6, arbitrary: fc.integer().map(String) },
  { weight: 3, arbitrary: fc.tuple(fc.nat(9999), fc.nat(10 ** 9)).map(([whole, places]) => `${whole}.${places}`) },
  { weight: 2, arbitrary: fc.bigInt({ min: -(2n ** 66n), max: 2n ** 66n }).map(String) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.stringMatching(/^[0-9]{1,25}$/), fc.stringMatching(/^[0-9]{1,45}$/))
      .map(([whole, places]) => `${whole.replace(/^0+(?=.)/, '')}.${places}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('-0', '-0.0', '0', '00', '1.', '-', 'NaN', '-Infinity', 'null', '"s"', '1e5', '[]'),
  },
);
const space = fc.constantFrom('', '', '', ' ', '\n', '\r\n\t');
const list = (item: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(fc.array(item, { maxLength: 3 }), space).map(([items, gap]) => `[${gap}${items.join(`${gap},`)}${gap}]`);
const regular = (item: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 3 }),
      fc.array(item, { minLength: 9, maxLength: 9 }),
    )
    .map(([rows, columns, items]) => {
      const row = (index: number): string => `[${items.slice(index * columns, (index + 1) * columns).join(', ')}]`;
      return `[${Array.from({ length: rows }, (_, index) => row(index)).join(',')}]`;
    });
const value = fc.oneof(token, regular(token), list(token), list(list(token)));
const named = fc.tuple(fc.constantFrom('x', 'y', 'b64'), value).map(([name, item]) => `{"${name}":${item}}`);
const member = fc.oneof(
  fc
    .tuple(fc.constantFrom('instances', 'inputs'), fc.oneof(value, named, list(named)))
    .map(([key, item]) => `"${key}" :${item}`),
  fc.constantFrom('"signature_name":"s"', '"signature_name": ""', '"other":1'),
);
const body = fc
  .tuple(fc.array(member, { minLength: 1, maxLength: 2 }), space, fc.constantFrom('}', '}', '} tail', ''))
  .map(([members, gap, end]) => Buffer.from(`${gap}{${members.join(`${gap},${gap}`)}${gap}${end}`));

/** Mostly what the fast reader is for. */
const plainBody = fc
  .tuple(
    fc.constantFrom('instances', 'inputs'),
    fc.boolean(),
    regular(fc.oneof(fc.integer().map(String), fc.double({ noNaN: true, noDefaultInfinity: true }).map(String), token)),
  )
  .map(([key, isNamed, item]) => {
    const object = `{"x": ${item}}`;
    const content = !isNamed ? item : key === 'inputs' ? object : `[${object},${object}]`;
    return Buffer.from(`{"signature_name":"s","${key}":${content}}`);
  });

describe('the fast reader of plain requests', () => {
  it('agrees with the full parser on everything it reads', () => {
    let read = 0;
    fc.assert(
      fc.property(fc.oneof(body, plainBody), fc.constantFrom(...TYPES), (bytes, dtype) => {
        const plain = readPlainRequest(bytes);
        if (plain === undefined || (plain.alias !== undefined && plain.alias !== 'x')) return;
        const tensor = plain.toTensor(dtype);
        if (tensor === undefined) return;
        read += 1;
        assert.deepEqual({ format: plain.format, tensors: new Map([['x', tensor]]) }, slowly(bytes, dtype));
      }),
      { numRuns: 4000 },
    );
    assert.ok(read > 400, `only ${read} requests were plain`);
  });

  it('leaves the rest to it: the two together always say the same as it alone', () => {
    fc.assert(
      fc.property(fc.oneof(body, plainBody), fc.constantFrom(...TYPES), (bytes, dtype) => {
        const both = outcome(() => parsePredictRequest(bytes).tensorsFor(new Map([['x', { dtype }]])));
        assert.deepEqual(
          both,
          outcome(() => slowly(bytes, dtype)),
        );
      }),
      { numRuns: 3000 },
    );
  });

  it('is not misled by a request that was read in between', () => {
    const first = parsePredictRequest(Buffer.from('{"instances":[1,2]}'));
    parsePredictRequest(Buffer.from('{"instances":[[3],[4],[5]]}'));
    const { tensors } = first.tensorsFor(new Map([['x', { dtype: 'float' }]]));
    const tensor = tensors.get('x');
    assert.deepEqual(tensor, { dtype: 'float', shape: [2], data: new Uint8Array(Float32Array.of(1, 2).buffer) });
  });

  it('reads lists larger than its first memory', () => {
    const values = Array.from({ length: 5000 }, (_, index) => index / 8);
    const { tensors } = parsePredictRequest(Buffer.from(JSON.stringify({ inputs: values }))).tensorsFor(
      new Map([['x', { dtype: 'float' }]]),
    );
    assert.deepEqual(tensors.get('x'), {
      dtype: 'float',
      shape: [5000],
      data: new Uint8Array(Float32Array.from(values).buffer),
    });
  });
});
