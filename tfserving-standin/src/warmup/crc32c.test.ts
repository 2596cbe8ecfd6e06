import assert from 'node:assert/strict';
import { it } from 'node:test';
import { crc32c, maskedCrc32c } from './crc32c.js';

it('gives the check value of the polynomial, and the masked one', () => {
  assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
  assert.equal(maskedCrc32c(Buffer.from('123456789')), 0xc78ab0e5);
  assert.equal(crc32c(Buffer.alloc(0)), 0);
});
