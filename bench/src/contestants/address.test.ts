import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { grpcAddress, restAddress } from './address.js';
import { parseTargets } from './target-fleet.js';

describe('an address', () => {
  it('is taken as people write it', () => {
    for (const [written, address] of [
      ['localhost:8501', 'http://localhost:8501'],
      ['127.0.0.1:8501', 'http://127.0.0.1:8501'],
      [' http://h:1/ ', 'http://h:1'],
      ['http://[::1]:9', 'http://[::1]:9'],
      ['http://h', 'http://h'],
      ['http://h:1/tfs/', 'http://h:1/tfs'],
    ] as const)
      assert.equal(restAddress('--targets', written, true), address);
    for (const address of ['[::1]:8500', 'localhost:8500', '127.0.0.1:1'])
      assert.equal(grpcAddress('--tfserving-grpc', address), address);
  });

  it('is refused by name of the option where it cannot be measured', () => {
    for (const [written, why] of [
      ['https://h:1', /speaks no TLS/],
      ['grpc://h:1', /begins with http/],
      ['http://u:p@h:1', /password/],
      ['http://h:1?x=1', /no query/],
      ['http://h:1/v1/models/m', /before \/v1\//],
      ['http://h:1/tfs', /path \/tfs cannot be passed on/],
      ['', /http:\/\/host:port/],
      ['http://h:0', /port 0/],
    ] as const) {
      assert.throws(() => restAddress('--tfserving-url', written, false), why);
      assert.throws(() => restAddress('--tfserving-url', written, false), /^Error: --tfserving-url: .*got "/);
    }
    for (const address of ['http://h:1', 'h', 'h:0', 'h:99999', '::1:8500', 'h:1/x', 'u@h:1'])
      assert.throws(() => grpcAddress('--targets direct-grpc', address), /^Error: --targets direct-grpc: .*host:port/);
  });

  it('of a target is named once', () => {
    assert.throws(() => parseTargets('flask-style=http://h:1,flask-style=http://h:2'), /flask-style is named twice/);
    assert.throws(
      () => parseTargets('flask-style=localhost:1,flask-control=http://127.0.0.1:1/'),
      /--targets flask-control: http:\/\/127.0.0.1:1 is flask-style already/,
    );
    assert.deepEqual(
      [...parseTargets('flask-style=h:1/ml/,direct-grpc=[::1]:2')],
      [
        ['flask-style', 'http://h:1/ml'],
        ['direct-grpc', '[::1]:2'],
      ],
    );
  });
});
