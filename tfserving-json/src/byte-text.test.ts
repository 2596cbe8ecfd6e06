import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bytesOf, textOf } from './byte-text.js';

describe('text and its bytes', () => {
  it('turn into each other without loss, whatever the bytes', () => {
    const bytes = fc.array(
      fc.constantFrom(0x41, 0x80, 0xbf, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xed, 0xb2, 0xf0, 0x9f, 0xff),
      {
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(bytes, (list) => {
        const byteString = String.fromCharCode(...list);
        assert.equal(bytesOf(textOf(byteString)), byteString);
      }),
      { numRuns: 2000 },
    );
  });

  it('are UTF-8 where they can be', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        assert.equal(bytesOf(text), Buffer.from(text).toString('latin1'));
        assert.equal(textOf(bytesOf(text)), text);
      }),
    );
    assert.equal(textOf('caf\xc3\xa9 \xff'), 'café \udcff');
  });
});
