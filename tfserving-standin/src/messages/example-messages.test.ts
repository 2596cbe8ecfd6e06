import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadMessages } from '@serving-study/protos';
import { readExampleRequest } from './inference-messages.js';
import { MalformedMessage } from './malformed-message.js';

const REQUEST = loadMessages().lookupType('tensorflow.serving.ClassificationRequest');
const EXAMPLE = loadMessages().lookupType('tensorflow.Example');

function encoded(input: object): Buffer {
  return Buffer.from(REQUEST.encode(REQUEST.fromObject({ model_spec: { name: 'm' }, input })).finish());
}

function example(value: number): object {
  return { features: { feature: { x: { float_list: { value: [value] } } } } };
}

test('the context is in front of every example and the example wins', () => {
  const { examples } = readExampleRequest(
    encoded({ example_list_with_context: { examples: [example(1), {}], context: example(7) } }),
  );
  const values = examples.map((bytes) => {
    const decoded = EXAMPLE.toObject(EXAMPLE.decode(bytes)) as {
      features: { feature: Record<string, { float_list: { value: number[] } }> };
    };
    return decoded.features.feature['x']?.float_list.value;
  });
  assert.deepEqual(values, [[1], [7]]);
});

test('no input and an empty list hold no examples', () => {
  assert.equal(readExampleRequest(encoded({ example_list: {} })).examples.length, 0);
  assert.equal(readExampleRequest(Buffer.from('0a030a016d', 'hex')).examples.length, 0);
});

test('a later kind of input replaces an earlier one, the same kind adds', () => {
  const list = encoded({ example_list: { examples: [example(1)] } });
  const withContext = encoded({ example_list_with_context: { examples: [example(2)], context: example(3) } });
  assert.equal(readExampleRequest(Buffer.concat([list, list])).examples.length, 2);
  assert.equal(readExampleRequest(Buffer.concat([list, withContext])).examples.length, 1);
  assert.equal(readExampleRequest(Buffer.concat([withContext, list])).examples.length, 1);
});

test('bytes that are no example are refused before the model sees them', () => {
  const bytes = encoded({ example_list: { examples: [example(1)] } });
  const broken = Buffer.from(bytes);
  broken[broken.indexOf('x')] = 0xff;
  assert.throws(() => readExampleRequest(broken), MalformedMessage);
});
