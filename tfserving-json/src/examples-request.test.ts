import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseExamplesRequest } from './examples-request.js';
import { JsonRequestError } from './json-request-error.js';

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');
const exampleOf = (text: string): string =>
  hex(parseExamplesRequest(Buffer.from(`{"examples":[${text}]}`)).examples[0]);

function refusalOf(body: string): string {
  try {
    parseExamplesRequest(Buffer.from(body));
  } catch (error) {
    if (error instanceof JsonRequestError) return error.message;
    throw error;
  }
  return 'none';
}

describe('the examples of a classify or regress request', () => {
  it('become tf.Examples whose kinds follow the tokens', () => {
    // Example{features{feature{key:"x" value{...}}}}: bytes_list = 0a, float_list = 12, int64_list = 1a
    assert.equal(exampleOf('{"x":1.5}'), '0a0f0a0d0a0178120812060a040000c03f');
    assert.equal(exampleOf('{"x":[1,-1]}'), '0a160a140a0178120f1a0d0a0b01ffffffffffffffffff01');
    assert.equal(exampleOf('{"x":true}'), '0a0c0a0a0a017812051a030a0101');
    assert.equal(exampleOf('{"x":["hi",{"b64":"aGk="}]}'), '0a110a0f0a0178120a0a080a0268690a026869');
    assert.equal(exampleOf('{"x":[]}'), '0a070a050a01781200');
    assert.equal(exampleOf('{}'), '0a00');
    assert.equal(exampleOf('{"x":1,"x":2}'), exampleOf('{"x":2}'));
  });

  it('come with a signature and a context', () => {
    const request = parseExamplesRequest(Buffer.from('{"signature_name":"s","context":{"x":true},"examples":[{},{}]}'));
    assert.equal(request.signatureName, 's');
    assert.equal(hex(request.context), '0a0c0a0a0a017812051a030a0101');
    assert.deepEqual(request.examples.map(hex), ['0a00', '0a00']);
  });

  it('are refused in the words of the real server', () => {
    const refusals: readonly [string, string][] = [
      ['{}', "JSON Value: {} When method is classify, key 'examples' is expected and was not found"],
      ['{"examples":5}', 'JSON Value: {\n    "examples": 5\n} Expecting \'examples\' value to be an list/array'],
      ['{"examples":[]}', 'JSON Value: {\n    "examples": []\n} \'examples\' value is an empty array'],
      ['{"examples":[5]}', 'Example must be JSON object but got JSON Number'],
      ['{"context":null,"examples":[{}]}', 'Example must be JSON object but got JSON Null'],
      ['{"examples":[{"x":null}]}', 'Feature: x has element with unexpected JSON type: Null'],
      ['{"examples":[{"x":[[1]]}]}', 'Feature: x has element with unexpected JSON type: Array'],
      ['{"examples":[{"x":{"b64":1}}]}', 'Feature: x has element with unexpected JSON type: Object'],
      ['{"examples":[{"x":{"b64":"!"}}]}', 'Unable to base64 decode'],
      ['{"examples":[{"x":[1,2.5]}]}', 'Unexpected element type in feature: x expecting type: int64'],
      ['{"examples":[{"x":["a",1]}]}', 'Unexpected element type in feature: x expecting type: bytes'],
      ['{"examples":[{"x":[1.5,true]}]}', 'Unexpected element type in feature: x expecting type: float'],
      ['{"examples":[{"x":9223372036854775808}]}', 'Feature: x has uint64_t element. Only int64_t is supported.'],
      [
        '{"signature_name":7,"examples":[{"x":1.5}]}',
        'JSON Value: {\n    "signature_name": 7,\n    "examples": [{\n            "x": 1.5\n        }]\n} ' +
          "not formatted correctly. 'signature_name' key must be a string value.",
      ],
    ];
    for (const [body, text] of refusals) assert.equal(refusalOf(body), text);
  });
});
