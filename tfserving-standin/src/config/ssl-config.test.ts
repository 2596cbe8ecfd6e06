import assert from 'node:assert/strict';
import { it } from 'node:test';
import { loadMessages } from '@serving-study/protos';
import { sslConfigFromMessage } from './ssl-config.js';
import { parseTextFormat } from './text-format/index.js';

it('keys and certificates are texts; what is left out is empty', () => {
  const type = loadMessages().lookupType('tensorflow.serving.SSLConfig');
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
