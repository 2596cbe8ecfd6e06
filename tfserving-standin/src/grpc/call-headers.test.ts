import assert from 'node:assert/strict';
import { it } from 'node:test';
import { readCallHeaders } from './call-headers.js';
import { RequestHeaders } from './http2/index.js';

const CALL = { ':method': 'POST', ':scheme': 'http', ':path': '/test/Echo', ':authority': 'here', te: 'trailers' };

function read(headers: Readonly<Record<string, string | undefined>>): unknown {
  const fields = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
  return readCallHeaders(new RequestHeaders({ fields, sizeBytes: 0, longestValue: 0 }));
}

it('says which header is missing, as gRPC does, the first of several', () => {
  for (const name of [':method', 'te', ':scheme', ':path', ':authority']) {
    const message = `Missing ${name === 'te' ? ':te' : name} header`;
    assert.throws(() => read({ ...CALL, [name]: undefined }), { code: 'UNKNOWN', message });
  }
  assert.throws(() => read({}), { code: 'UNKNOWN', message: 'Missing :method header' });
  assert.throws(() => read({ ...CALL, te: 'gzip', ':path': undefined }), {
    code: 'UNKNOWN',
    message: 'Bad :te header',
  });
  assert.throws(() => read({ ':scheme': 'ftp' }), { code: 'INTERNAL', message: "Error parsing ':scheme' metadata" });
});

it('takes a host for the authority', () => {
  assert.deepEqual(read({ ...CALL, ':authority': undefined, host: 'here' }), {
    encoding: 'identity',
    timeoutMs: undefined,
  });
});
