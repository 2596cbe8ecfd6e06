import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  MODEL_ROUTE,
  PREDICT_ROUTE,
  STATUS_TABLE,
  formatServerTiming,
  httpStatusFromGrpcCode,
  httpStatusFromStatusName,
  metadataPath,
  parseServerTiming,
  predictPath,
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

describe('shared errors', () => {
  it('have a status and say what to do', () => {
    const tooLarge = serviceError('body-too-large', 1000);
    assert.equal(tooLarge.httpStatus, 413);
    assert.match(tooLarge.message, /limit of 1000 bytes \(STUDY_BODY_LIMIT_BYTES\)$/);
    assert.equal(serviceError('deadline-exceeded', 5).httpStatus, 504);
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
