import assert from 'node:assert/strict';
import { it } from 'node:test';
import { loadMessages } from '@serving-study/protos';
import { sslConfigFromMessage } from './ssl-config.js';
import { parseTextFormat } from './text-format/index.js';

const type = loadMessages().lookupType('tensorflow.serving.SSLConfig');

it('keys and certificates are texts; what else is left out is empty', () => {
  assert.deepEqual(
    sslConfigFromMessage(parseTextFormat('server_key: "a\\nb" server_cert: "c" client_verify: true', type)),
    {
      serverKey: 'a\nb',
      serverCert: 'c',
      customCa: '',
      clientVerify: true,
    },
  );
});

it('a key without a certificate, or the reverse, is refused by name', () => {
  const refused = (text: string, message: RegExp): void => {
    assert.throws(() => sslConfigFromMessage(parseTextFormat(text, type)), { code: 'INVALID_ARGUMENT', message });
  };
  refused('client_verify: true', /no server_key/);
  refused('server_key: "a"', /no server_cert/);
});
