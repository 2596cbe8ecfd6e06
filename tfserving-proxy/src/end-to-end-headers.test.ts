import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endToEndHeaders } from './end-to-end-headers.js';

describe('endToEndHeaders', () => {
  it('passes end-to-end headers on', () => {
    const headers = {
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      'set-cookie': ['a', 'b'],
      origin: 'http://a.example',
    };
    assert.deepEqual(endToEndHeaders(headers), headers);
  });

  it('keeps what belongs to one connection, and what Connection names (RFC 9110, 7.6.1)', () => {
    const headers = {
      connection: 'X-Secret, keep-alive',
      'x-secret': '1',
      'keep-alive': 'timeout=5',
      'transfer-encoding': 'chunked',
      te: 'trailers',
      trailer: 'x',
      upgrade: 'h2c',
      'proxy-authorization': 'Basic x',
      'proxy-authenticate': 'Basic',
      expect: '100-continue',
      host: 'proxy',
      'content-length': '3',
      'x-study-upstream': 'rest',
      accept: '*/*',
    };
    assert.deepEqual(endToEndHeaders(headers), { accept: '*/*' });
  });
});
