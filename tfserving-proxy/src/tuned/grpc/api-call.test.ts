import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { apiCallFrom } from './api-call.js';

const call = (method: string, target: string): unknown => apiCallFrom(method, target, {});
const malformed = (method: string, target: string): unknown => ({
  kind: 'refused',
  text: `Malformed request: ${method} ${target}`,
});

describe('apiCallFrom', () => {
  it('reads the calls of the API', () => {
    assert.deepEqual(call('POST', '/v1/models/m:predict'), { kind: 'predict', model: { name: 'm' } });
    assert.deepEqual(call('POST', '/v1/models/m/versions/0012:classify'), {
      kind: 'classify',
      model: { name: 'm', version: { value: '12' } },
    });
    assert.deepEqual(call('POST', '/v1/models/m/labels/a%20b:regress'), {
      kind: 'regress',
      model: { name: 'm', version_label: 'a b' },
    });
    assert.deepEqual(call('GET', '/v1/models/m'), { kind: 'status', model: { name: 'm' } });
    assert.deepEqual(call('GET', '/v1/models/m/versions/3/metadata'), {
      kind: 'metadata',
      model: { name: 'm', version: { value: '3' } },
    });
  });

  it('has the oddities of the real server', () => {
    assert.deepEqual(call('GET', '/V1/Models/m'), { kind: 'status', model: { name: 'm' } }, 'any case of letters');
    assert.deepEqual(
      call('GET', '/v1/models/m/METADATA'),
      { kind: 'status', model: { name: 'm' } },
      'but the verb is compared as written',
    );
    assert.deepEqual(call('POST', '/v1/models/m:PREDICT'), malformed('POST', '/v1/models/m:PREDICT'));
    assert.deepEqual(
      call('GET', '/v1/models/m?x=1'),
      { kind: 'status', model: { name: 'm?x=1' } },
      'a query belongs to the name',
    );
    assert.deepEqual(call('GET', '/v1/models/metadata'), { kind: 'status', model: { name: 'metadata' } });
    assert.deepEqual(call('POST', '/v1/models/my%2Fmodel:predict'), { kind: 'predict', model: { name: 'my/model' } });
    assert.deepEqual(
      call('GET', '/v1/models/100%'),
      { kind: 'status', model: { name: '100%' } },
      'what is no escape stays',
    );
  });

  it('refuses the rest in the words of the real server', () => {
    for (const [method, target] of [
      ['GET', '/v1/'],
      ['GET', '/v1/models/m:predict'],
      ['POST', '/v1/models/m'],
      ['POST', '/v1/models/m:predict?x=1'],
      ['POST', '/v1/models/m/versions/abc:predict'],
      ['POST', '/v1/models/m/versions/1/labels/x:predict'],
      ['PUT', '/v1/models/m:predict'],
      ['HEAD', '/v1/models/m'],
    ] as const)
      assert.deepEqual(call(method, target), malformed(method, target));
    for (const target of ['/v1/models', '/v1/models/versions/1', '/v1/models/labels/x'])
      assert.deepEqual(call('GET', target), { kind: 'refused', text: 'Missing model name in request.' });
    for (const [method, target] of [
      ['GET', '/v1/models/m/versions/9223372036854775808'],
      ['GET', '/v1/models/versions/9223372036854775808'],
      ['POST', '/v1/models/m/versions/9223372036854775808:PREDICT'],
    ] as const)
      assert.deepEqual(call(method, target), { kind: 'refused' }, 'no int64 holds it');
    assert.deepEqual(call('GET', '/v1/models/m/versions/9223372036854775807'), {
      kind: 'status',
      model: { name: 'm', version: { value: '9223372036854775807' } },
    });
  });

  it('answers preflights by their origin', () => {
    assert.deepEqual(apiCallFrom('OPTIONS', '/v1/x', { origin: 'https://a.example' }), {
      kind: 'preflight',
      allowed: true,
    });
    assert.deepEqual(apiCallFrom('OPTIONS', '/v1/x', { origin: 'null' }), { kind: 'preflight', allowed: false });
    assert.deepEqual(apiCallFrom('OPTIONS', '/v1/x', {}), { kind: 'preflight', allowed: false });
  });
});
