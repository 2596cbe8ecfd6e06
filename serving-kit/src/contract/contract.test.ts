import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  ERROR_CATALOGUE,
  MODEL_ROUTE,
  PREDICT_ROUTE,
  STATUS_TABLE,
  formatServerTiming,
  httpStatusFromGrpcCode,
  httpStatusFromStatusName,
  metadataPath,
  parseServerTiming,
  predictPath,
  predictRequestSchema,
  serviceError,
  statusNameFromHttpStatus,
  statusPath,
} from './index.js';

describe('status table', () => {
  it('has gRPC codes 0 to 16 in order, so that a code is its index', () => {
    assert.deepEqual(
      STATUS_TABLE.map(({ code }) => code),
      Array.from({ length: 17 }, (_, code) => code),
    );
  });

  it('is total in both directions', () => {
    for (const code of [-1, 17, 1e9, Number.NaN, 0.5]) assert.equal(httpStatusFromGrpcCode(code), 500);
    for (let status = 100; status < 600; status += 1) assert.equal(typeof statusNameFromHttpStatus(status), 'string');
    assert.equal(statusNameFromHttpStatus(418), 'UNKNOWN');
  });

  it('reads every HTTP status back as a code that is sent with it', () => {
    for (const { httpStatus } of STATUS_TABLE)
      assert.equal(httpStatusFromStatusName(statusNameFromHttpStatus(httpStatus)), httpStatus);
    const meanings = STATUS_TABLE.filter(({ meantBy }) => meantBy).map(({ httpStatus }) => httpStatus);
    assert.equal(new Set(meanings).size, meanings.length, 'one meaning per HTTP status');
    assert.equal(statusNameFromHttpStatus(400), 'INVALID_ARGUMENT');
  });

  it('answers as TensorFlow Serving does', () => {
    const expected = [200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401];
    assert.deepEqual(
      expected.map((_, code) => httpStatusFromGrpcCode(code)),
      expected,
    );
  });
});

describe('error catalogue', () => {
  it('has an HTTP error status in every entry', () => {
    for (const [code, { httpStatus }] of Object.entries(ERROR_CATALOGUE))
      assert.ok(httpStatus >= 400 && httpStatus < 600, code);
  });

  it('builds TensorFlow Serving’s texts', () => {
    assert.equal(serviceError('model-not-found', 'half').message, 'Servable not found for request: Latest(half)');
    assert.equal(
      serviceError('version-not-found', 'm', '50').message,
      'Servable not found for request: Specific(m, 50)',
    );
    assert.equal(serviceError('model-not-found', 'half').httpStatus, 404);
    assert.match(
      serviceError('wrong-type', 'x', 'no', 'float').message,
      /JSON Value: "no" Type: String is not of expected type: float$/,
    );
  });

  it('cuts long values', () => {
    assert.ok(serviceError('wrong-type', 'x', 'y'.repeat(10_000), 'float').message.length < 400);
  });
});

describe('predict request', () => {
  const refusal = (body: unknown): string | undefined => predictRequestSchema.safeParse(body).error?.issues[0]?.message;

  it('reads both formats and fills the signature in', () => {
    assert.deepEqual(predictRequestSchema.parse({ instances: [[1]], extra: 1 }), {
      signatureName: 'serving_default',
      format: 'row',
      instances: [[1]],
    });
    assert.deepEqual(predictRequestSchema.parse({ inputs: 0, signature_name: 's' }), {
      signatureName: 's',
      format: 'columnar',
      inputs: 0,
    });
    assert.equal(predictRequestSchema.parse({ inputs: null, signature_name: '' }).signatureName, 'serving_default');
  });

  it('refuses everything else in TensorFlow Serving’s words', () => {
    assert.equal(refusal([1]), 'JSON Value: [1] Is not object');
    assert.equal(
      refusal({ signature_name: 5, instances: 1 }),
      "JSON Value: 5 not formatted correctly. 'signature_name' key must be a string value.",
    );
    assert.equal(refusal({}), "Missing 'inputs' or 'instances' key");
    assert.match(
      refusal({ inputs: 1, instances: [1] }) ?? '',
      /expecting only one of 'inputs' or 'instances' keys to exist $/,
    );
    assert.equal(refusal({ instances: { a: 1 } }), 'JSON Value: {"a":1} Expecting \'instances\' to be an list/array');
    assert.equal(refusal({ instances: [] }), "JSON Value: [] No values in 'instances' array");
    assert.equal(refusal({ instances: null }), "JSON Value: null Expecting 'instances' to be an list/array");
  });
});

describe('Server-Timing', () => {
  it('is read back as it was written, in the order things happen', () => {
    const header = formatServerTiming({ serialise: 0.5, parse: 0.1234, inference: 2 });
    assert.equal(header, 'parse;dur=0.123, inference;dur=2.000, serialise;dur=0.500');
    assert.deepEqual(parseServerTiming(header), { parse: 0.123, inference: 2, serialise: 0.5 });
  });

  it('leaves out what is not ours', () => {
    assert.deepEqual(
      parseServerTiming('cdn-cache;desc="HIT, or not", parse;desc=x;dur="1.5", queue, inference;dur=fast'),
      { parse: 1.5 },
    );
    assert.deepEqual(parseServerTiming(''), {});
  });
});

describe('routes', () => {
  it('match the paths that clients build, and take them apart', () => {
    assert.deepEqual(PREDICT_ROUTE.exec(predictPath({ model: 'a b/c', version: '12' }))?.slice(1), ['a%20b%2Fc', '12']);
    assert.deepEqual(PREDICT_ROUTE.exec(predictPath({ model: 'm' }))?.slice(1), ['m', undefined]);
    assert.deepEqual(MODEL_ROUTE.exec(statusPath({ model: 'm' }))?.slice(1), ['m', undefined, undefined]);
    assert.deepEqual(MODEL_ROUTE.exec(metadataPath({ model: 'm', version: '1' }))?.slice(1), ['m', '1', '/metadata']);
  });

  it('match nothing else', () => {
    for (const path of [
      '/v1/models/m/versions/x:predict',
      '/v1/models/m:predict/',
      '/v1/models/a/b:predict',
      '/v1/models/:predict',
    ])
      assert.equal(PREDICT_ROUTE.exec(path), null, path);
  });
});
