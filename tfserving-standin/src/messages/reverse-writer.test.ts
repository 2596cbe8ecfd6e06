import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { ReverseWriter } from './reverse-writer.js';
import { WireReader } from './wire-reader.js';

test('64-bit integers are written as protobufjs writes them and read back', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
      const writer = new ReverseWriter(1);
      writer.int64(value);
      const bytes = writer.finish();
      const expected = protobuf.Writer.create().int64(value.toString()).finish();
      assert.equal(bytes.toString('hex'), Buffer.from(expected).toString('hex'));
      assert.equal(new WireReader(bytes).int64(), value);
    }),
    {
      numRuns: 3000,
      examples: [
        [9007199254740991n],
        [9007199254740992n],
        [9007199254740993n],
        [2n ** 56n],
        [2n ** 56n - 1n],
        [-1n],
        [0n],
      ],
    },
  );
});

test('fields come out in the opposite order of the calls, whatever the first guess of the size', () => {
  for (const capacity of [1, 7, 1000]) {
    const writer = new ReverseWriter(capacity);
    writer.text(3, 'c');
    writer.text(2, '');
    const before = writer.length;
    writer.text(1, 'é'.repeat(100));
    writer.endMessage(1, before);
    const text = 'é'.repeat(100);
    const expected = protobuf.Writer.create()
      .uint32(10)
      .fork()
      .uint32(10)
      .string(text)
      .ldelim()
      .uint32(18)
      .string('')
      .uint32(26)
      .string('c')
      .finish();
    assert.equal(writer.finish().toString('hex'), Buffer.from(expected).toString('hex'));
  }
});
