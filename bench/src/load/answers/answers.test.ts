import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadMessages } from '@serving-study/protos';
import type { Tensor } from '../../requests/index.js';
import { floats } from '../testing/a-spec.js';
import type { Answer, AnswerElement } from './answer.js';
import { createAnswerChecker, type Judgement } from './answer-checker.js';
import { readGrpcAnswer } from './grpc-answer.js';
import { readRestAnswer } from './rest-answer.js';

/** All elements, outputs one after the other. */
const elements = ({ outputs }: Answer): unknown[] => [...outputs.values()].flatMap((own) => Array.from(own));

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const Response = loadMessages().lookupType('tensorflow.serving.PredictResponse');
const grpc = (outputs: object): Buffer => Buffer.from(Response.encode(Response.fromObject({ outputs })).finish());

function int64s(values: readonly bigint[]): Tensor {
  return { dtype: 'int64', shape: [values.length], data: new Uint8Array(BigInt64Array.from(values).buffer) };
}

const saying = (values: readonly AnswerElement[]): Answer => ({ outputs: new Map([['', values]]), version: 0 });

describe('readRestAnswer', () => {
  it('flattens predictions and outputs, each named one by itself', () => {
    assert.deepEqual(
      [
        ...elements(
          readRestAnswer(
            json({
              predictions: [
                [1, 2],
                [3, 4],
              ],
            }),
          ),
        ),
      ],
      [1, 2, 3, 4],
    );
    const named = readRestAnswer(json({ outputs: { b: [[3]], a: [[1, 2]] } }));
    assert.deepEqual(
      [...named.outputs],
      [
        ['b', [3]],
        ['a', [1, 2]],
      ],
    );
    const rows = readRestAnswer(
      json({
        predictions: [
          { y: 2, x: [1] },
          { x: [3], y: 4 },
        ],
      }),
    );
    assert.deepEqual(
      [rows.outputs.get('x'), rows.outputs.get('y')],
      [
        [1, 3],
        [2, 4],
      ],
    );
  });

  it('reads what JSON.parse would round or refuse', () => {
    const text =
      '{"predictions": [9223372036854775807, -9007199254740993, 0.12345678901234568, NaN, -Infinity, "NaN \\" 12345678901234567"]}';
    assert.deepEqual(readRestAnswer(Buffer.from(text)).outputs.get(''), [
      9223372036854775807n,
      -9007199254740993n,
      0.12345678901234568,
      Number.NaN,
      -Infinity,
      'NaN " 12345678901234567',
    ]);
    const mixed = json({ predictions: [{ b64: 'AP8=' }, 'text', true] });
    assert.deepEqual(readRestAnswer(mixed).outputs.get(''), [Buffer.from([0, 255]), 'text', true]);
  });

  it('says what is wrong', () => {
    assert.throws(() => readRestAnswer(json({ error: 'no' })), /neither predictions nor outputs/);
    assert.throws(() => readRestAnswer(json({ predictions: [[{ x: 1 }]] })), /holds an object where a value/);
    assert.throws(() => readRestAnswer(json({ predictions: [null] })), /holds a null/);
    assert.throws(() => readRestAnswer(json(3)), /no JSON object/);
  });
});

describe('readGrpcAnswer', () => {
  const shape = { dim: [{ size: 3 }] };
  it('reads each numeric dtype, as bytes and as typed fields', () => {
    const cases = [
      { dtype: 'DT_FLOAT', tensor_content: Buffer.from(Float32Array.of(1, 2, 3).buffer) },
      { dtype: 'DT_DOUBLE', tensor_content: Buffer.from(Float64Array.of(1, 2, 3).buffer) },
      { dtype: 'DT_FLOAT', float_val: [1, 2, 3] },
      { dtype: 'DT_DOUBLE', double_val: [1, 2, 3] },
      { dtype: 'DT_HALF', half_val: [0x3c00, 0x4000, 0x4200] },
      { dtype: 'DT_BFLOAT16', half_val: [0x3f80, 0x4000, 0x4040] },
    ];
    const wholes = [
      { dtype: 'DT_INT32', tensor_content: Buffer.from(Int32Array.of(1, 2, 3).buffer) },
      { dtype: 'DT_INT64', tensor_content: Buffer.from(BigInt64Array.of(1n, 2n, 3n).buffer) },
      { dtype: 'DT_UINT8', tensor_content: Buffer.from([1, 2, 3]) },
      { dtype: 'DT_INT32', int_val: [1, 2, 3] },
      { dtype: 'DT_INT16', int_val: [1, 2, 3] },
      { dtype: 'DT_INT64', int64_val: [1, 2, 3] },
      { dtype: 'DT_UINT64', uint64_val: [1, 2, 3] },
    ];
    for (const fields of wholes)
      assert.deepEqual(elements(readGrpcAnswer(grpc({ y: { tensor_shape: shape, ...fields } }))), [1n, 2n, 3n]);
    for (const fields of cases) {
      assert.deepEqual(elements(readGrpcAnswer(grpc({ y: { tensor_shape: shape, ...fields } }))), [1, 2, 3]);
    }
  });

  it('repeats the last value of a typed field that stops early', () => {
    const answer = readGrpcAnswer(grpc({ y: { dtype: 'DT_FLOAT', tensor_shape: shape, float_val: [4, 5] } }));
    assert.deepEqual(elements(answer), [4, 5, 5]);
  });

  it('refuses a shape that claims more numbers than any message holds', () => {
    const huge = { dim: [{ size: 1e6 }, { size: 1e6 }] };
    const message = grpc({ y: { dtype: 'DT_FLOAT', tensor_shape: huge, float_val: [1] } });
    assert.throws(() => readGrpcAnswer(message), /a tensor of 1000000000000 numbers/);
  });

  it('says which output it cannot read', () => {
    const resource = grpc({ y: { dtype: 'DT_RESOURCE', tensor_shape: shape } });
    assert.throws(() => readGrpcAnswer(resource), /output y has dtype resource/);
  });
});

describe('answer checker', () => {
  const expected = [[{ version: 1, outputs: [floats([1, 1000])] }]];
  const checker = createAnswerChecker(readRestAnswer, expected);

  const judge = (body: Buffer, claimedVersion = 0, by = checker): Judgement =>
    by.judge(by.see(0, body, claimedVersion));

  it('knows an answer again by its bytes, and only for its own input and claimed version', () => {
    const body = json({ predictions: [1, 1000] });
    const seen = checker.see(0, body, 0);
    assert.equal(seen.judgement, undefined);
    assert.equal(checker.judge(seen).right, true);
    assert.equal(checker.see(0, Buffer.from(body), 0).judgement?.right, true);
    assert.equal(checker.see(0, body, 1).judgement, undefined);
    assert.equal(checker.see(1, body, 0).judgement, undefined);
    assert.equal(checker.see(0, json({ predictions: [1, 1001] }), 0).judgement, undefined);
  });

  it('keeps its own copy of an answer, and remembers a bounded number of them', () => {
    const own = createAnswerChecker(readRestAnswer, expected);
    const body = json({ predictions: [1, 1000] });
    const seen = own.see(0, body, 0);
    body.fill(0);
    assert.equal(own.judge(seen).right, true);
    const spellings = Array.from({ length: 20 }, (_, i) => json({ predictions: [1, 1000 + i / 1e4] }));
    for (const spelling of spellings) own.judge(own.see(0, spelling, 0));
    const known = spellings.filter((spelling) => own.see(0, spelling, 0).judgement !== undefined);
    assert.ok(known.length > 0 && known.length < 10);
  });

  it('allows the tolerance and no more', () => {
    assert.equal(judge(json({ predictions: [1.0001, 1000.09] })).right, true);
    const far = judge(json({ predictions: [1, 1000.2] }));
    assert.deepEqual([far.right, far.reason], [false, 'number 1 is 1000.2, expected 1000']);
  });

  it('never takes a missing, an extra or an unreadable number for right', () => {
    assert.match(judge(json({ predictions: [1] })).reason, /1 numbers answered, 2 expected/);
    assert.equal(judge(Buffer.from('{"predictions":[1,NaN]}')).reason, 'number 1 is NaN, expected 1000');
    assert.match(judge(Buffer.from('{"predictions":[1,1000}')).reason, /unreadable answer/);
    assert.match(judge(json({ predictions: [1, 1000] }), 9).reason, /version 9 answered/);
    const wide = { ...floats([1, 1000]), tolerance: { absolute: 1, relative: 1 } };
    const nan = createAnswerChecker(() => saying([Number.NaN, 1000]), [[{ version: 1, outputs: [wide] }]]);
    assert.equal(judge(Buffer.from(''), 0, nan).right, false);
    const infinite = [[{ version: 1, outputs: [floats([Infinity])] }]];
    for (const [value, right] of [
      [Infinity, true],
      [-Infinity, false],
      [1, false],
    ] as const) {
      const read = (): Answer => saying([value]);
      const by = createAnswerChecker(read, infinite);
      assert.equal(judge(Buffer.from(''), 0, by).right, right);
    }
  });

  it('holds integers to every digit, strings to every byte, and NaN to NaN', () => {
    const long = { name: 'id', tensor: int64s([9007199254740993n]) };
    const text = { name: 'text', tensor: { dtype: 'string', shape: [1], strings: [Buffer.from('é')] } } as const;
    const none = { ...floats([Number.NaN]), name: 'none' };
    const own = createAnswerChecker(readRestAnswer, [[{ version: 1, outputs: [long, text, none] }]]);
    const right = '{"predictions":[{"id":9007199254740993,"text":"é","none":NaN}]}';
    assert.deepEqual(judge(Buffer.from(right), 0, own).reason, '');
    for (const [from, to, reason] of [
      ['0993', '0992', /^output id: number 0 is 9007199254740992, expected 9007199254740993$/],
      ['é', 'e', /^output text: number 0 is "e", expected "é"$/],
      ['NaN', '0', /^output none: number 0 is 0, expected NaN$/],
      ['"id"', '"other"', /there is no output id/],
    ] as const)
      assert.match(judge(Buffer.from(right.replace(from, to)), 0, own).reason, reason);
  });

  it('checks only the size of what differs from call to call', () => {
    const varying = [[{ version: 1, outputs: [{ ...floats([1, 2]), varies: true as const }] }]];
    const own = createAnswerChecker(readRestAnswer, varying);
    assert.equal(judge(json({ predictions: [7, 8] }), 0, own).right, true);
    assert.equal(judge(json({ predictions: [7] }), 0, own).right, false);
  });
});
