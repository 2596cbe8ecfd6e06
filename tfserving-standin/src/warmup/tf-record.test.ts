import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tfRecords } from './tf-record.js';

/** The record `abc`. */
const ABC = Buffer.from('0300000000000000b099490e6162636e57f121', 'hex');

function read(file: Buffer): string[] {
  return [...tfRecords(file)].map(String);
}

describe('TFRecord files', () => {
  it('are read record by record', () => {
    assert.deepEqual(read(Buffer.concat([ABC, ABC])), ['abc', 'abc']);
    assert.deepEqual(read(Buffer.alloc(0)), []);
  });

  it('that are damaged are refused at the damage', () => {
    const flipped = Buffer.concat([ABC, ABC]);
    flipped[ABC.length + 13] = 0;
    const advice = 'Please verify your warmup data is in TFRecord format.';
    for (const [file, message] of [
      [flipped, `corrupted record at ${ABC.length}. ${advice}`],
      [ABC.subarray(0, -1), `truncated record at 0. ${advice}`],
      [ABC.subarray(0, 5), `truncated record at 0. ${advice}`],
      [Buffer.from('this is a text, not a record file'), `corrupted record at 0. ${advice}`],
    ] as const)
      assert.throws(() => read(file), { code: 'DATA_LOSS', message });
  });
});
