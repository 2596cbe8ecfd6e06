import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  METADATA_ROUTE,
  PREDICT_ROUTE,
  STATUS_ROUTE,
  STATUS_TABLE,
  formatServerTiming,
  httpStatusFromGrpcCode,
  httpStatusFromStatusName,
  metadataPath,
  parseServerTiming,
  predictPath,
  statusPath,
} from './index.js';

describe('status table', () => {
  it('has gRPC codes 0 to 16 in order, so that a code is its index', () => {
    assert.deepEqual(
      STATUS_TABLE.map(({ code }) => code),
      Array.from({ length: 17 }, (_, code) => code),
    );
  });

  it('is total', () => {
    for (const code of [-1, 17, 1e9, Number.NaN, 0.5]) assert.equal(httpStatusFromGrpcCode(code), 500);
  });

  it('answers as TensorFlow Serving does', () => {
    const expected = [200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401];
    assert.deepEqual(
      expected.map((_, code) => httpStatusFromGrpcCode(code)),
      expected,
    );
    assert.deepEqual(
      STATUS_TABLE.map(({ name }) => httpStatusFromStatusName(name)),
      expected,
    );
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
    const named = (route: RegExp, path: string): object => ({ ...route.exec(path)?.groups });
    const address = { model: 'a b/c', version: '12' };
    const groups = { name: 'a%20b%2Fc', version: '12' };
    assert.deepEqual(named(PREDICT_ROUTE, predictPath(address)), groups);
    assert.deepEqual(named(PREDICT_ROUTE, predictPath({ model: 'm' })), { name: 'm', version: undefined });
    assert.deepEqual(named(STATUS_ROUTE, statusPath({ model: 'm' })), { name: 'm', version: undefined });
    assert.deepEqual(named(METADATA_ROUTE, metadataPath(address)), groups);
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
