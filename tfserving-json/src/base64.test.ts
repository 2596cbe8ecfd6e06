import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bytesFromBase64 } from './base64.js';

const decoded = (text: string): string | undefined => {
  const bytes = bytesFromBase64(text);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('latin1');
};

describe('base64 in requests', () => {
  it('reads what Buffer writes, with its padding or without', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = Buffer.from(bytes).toString('base64');
        assert.deepEqual(Buffer.from(bytesFromBase64(text) ?? []), Buffer.from(bytes));
        assert.deepEqual(Buffer.from(bytesFromBase64(text.replace(/=+$/, '')) ?? []), Buffer.from(bytes));
      }),
    );
  });

  it('takes white space and dots for padding, and refuses the rest', () => {
    assert.equal(decoded('a Gk='), 'hi');
    assert.equal(decoded('\taG\nk\r'), 'hi');
    assert.equal(decoded('aGk.'), 'hi');
    assert.equal(decoded(''), '');
    for (const text of ['a', 'aGk==', 'aGk=aGk=', 'a-_=', '!!!!', 'aGkx=', '====', 'é'])
      assert.equal(decoded(text), undefined);
  });
});
