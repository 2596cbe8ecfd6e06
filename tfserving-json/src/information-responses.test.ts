import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { metadataResponseBody } from './metadata-response.js';
import { statusResponseBody } from './status-response.js';

describe('what a client can ask about a model', () => {
  it('is its status, in the layout of protocol buffers', () => {
    const body = statusResponseBody([{ version: 2n, state: 'END', errorCode: 'NOT_FOUND', errorMessage: '<a> "é"' }]);
    assert.equal(
      body.toString(),
      '{\n "model_version_status": [\n  {\n   "version": "2",\n   "state": "END",\n   "status": {\n    "error_code": "NOT_FOUND",\n' +
        '    "error_message": "\\u003ca\\u003e \\"é\\""\n   }\n  }\n ]\n}\n',
    );
  });

  it('is its signatures, in two texts put together', () => {
    const body = metadataResponseBody(
      { name: 'm', version: 123n },
      { s: { inputs: {}, outputs: {}, method_name: 'p', defaults: {} } },
    ).toString();
    assert.equal(
      body,
      '{\n"model_spec":{\n "name": "m",\n "version": "123",\n "signature_name": ""\n}\n,\n"metadata": {"signature_def": {\n' +
        ' "signature_def": {\n  "s": {\n   "inputs": {},\n   "outputs": {},\n   "method_name": "p",\n   "defaults": {}\n  }\n }\n}\n}\n}\n',
    );
    assert.doesNotThrow(() => {
      JSON.parse(body);
    });
  });
});
