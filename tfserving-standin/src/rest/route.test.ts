import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isApiPath, routeOf } from './route.js';

const malformed = (method: string, target: string): void => {
  const route = routeOf(method, target);
  assert.equal(route.kind === 'refused' ? route.error.message : route.kind, `Malformed request: ${method} ${target}`);
};
const latest = { kind: 'latest' } as const;

describe('routes below /v1/', () => {
  it('lead to models by name, version and label', () => {
    assert.deepEqual(routeOf('POST', '/v1/models/m:predict'), { kind: 'predict', spec: { name: 'm', choice: latest } });
    assert.deepEqual(routeOf('POST', '/V1/Models/M/versions/0012:classify'), {
      kind: 'classify',
      spec: { name: 'M', choice: { kind: 'version', version: 12n } },
    });
    assert.deepEqual(routeOf('POST', '/v1/models/a%2Fb%20c/labels/%63anary:regress'), {
      kind: 'regress',
      spec: { name: 'a/b c', choice: { kind: 'label', label: 'canary' } },
    });
    assert.deepEqual(routeOf('GET', '/v1/models/caf%C3%A9/metadata'), {
      kind: 'metadata',
      spec: { name: 'café', choice: latest },
    });
  });

  it('take a query for a part of the name', () => {
    assert.deepEqual(routeOf('GET', '/v1/models/m?x=1'), { kind: 'status', spec: { name: 'm?x=1', choice: latest } });
    malformed('GET', '/v1/models?x=1');
    malformed('POST', '/v1/models/m:predict?x=1');
  });

  it('know verbs in lower case only', () => {
    malformed('POST', '/v1/models/m:PREDICT');
    assert.deepEqual(routeOf('GET', '/v1/models/m/METADATA'), { kind: 'status', spec: { name: 'm', choice: latest } });
  });

  it('refuse everything else', () => {
    for (const target of [
      '/v1/',
      '/v1/foo',
      '/v1/models/',
      '/v1/models/m/',
      '/v1/models/m/versions/x',
      '/v1/models/m:predict',
    ])
      malformed('GET', target);
    malformed('POST', '/v1/models/m');
    malformed('POST', '/v1/models/m/versions/%31:predict');
    malformed('PUT', '/v1/models/m:predict');
    malformed('HEAD', '/v1/models/m');
    for (const target of ['/v1/models', '/v1/models/versions/1', '/v1/models/labels/x']) {
      const route = routeOf('GET', target);
      assert.equal(route.kind === 'refused' && route.error.message, 'Missing model name in request.');
    }
  });

  it('tell versions that no int64 holds', () => {
    assert.equal(routeOf('GET', '/v1/models/m/versions/9223372036854775807').kind, 'status');
    assert.deepEqual(routeOf('GET', '/v1/models/m/versions/9223372036854775808'), { kind: 'bad version', model: 'm' });
    assert.deepEqual(
      routeOf('POST', '/v1/models/m/versions/9223372036854775808:PREDICT'),
      { kind: 'bad version', model: 'm' },
      'the version is read before the verb is compared',
    );
    assert.equal(routeOf('POST', `/v1/models/m/versions/${'9'.repeat(100_000)}:predict`).kind, 'bad version');
  });

  it('answer preflights whatever the path', () => {
    assert.deepEqual(routeOf('OPTIONS', '/v1/anything'), { kind: 'preflight' });
  });

  it('start with /v1/ in any case', () => {
    assert.deepEqual(['/v1/', '/V1/x', '/v1', '/', '//v1/x', '/v2/'].map(isApiPath), [
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});
