import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { inflatedBody } from './gzip-body.js';

const inflated = async (body: Buffer, takeMemory: (bytes: number) => void = () => undefined): Promise<string> =>
  (await inflatedBody(body, 2_000_000, takeMemory)).toString();

describe('a gzip body', () => {
  it('is inflated', async () => {
    assert.equal(await inflated(gzipSync('{"instances":[1]}')), '{"instances":[1]}');
    const long = 'x'.repeat(1_000_000);
    assert.equal(await inflated(gzipSync(long)), long);
  });

  it('counts as empty when it is broken, oversized or of several members', async () => {
    const body = gzipSync('{"instances":[1]}');
    const broken = Buffer.from(body);
    broken.writeUInt8(broken.readUInt8(14) ^ 0xff, 14);
    const oversized = Buffer.from(body);
    oversized.writeUInt32LE(2_000_001, oversized.length - 4);
    const cases = [
      Buffer.from('not gzip'),
      Buffer.alloc(0),
      body.subarray(0, -3),
      broken,
      oversized,
      Buffer.concat([body, body]),
      Buffer.concat([body, Buffer.from('tail')]),
    ];
    for (const one of cases) assert.equal(await inflated(one), '');
  });

  it('is not inflated when there is no memory for it', async () => {
    const taken: number[] = [];
    const refuse = (bytes: number): void => {
      taken.push(bytes);
      throw new Error('no memory');
    };
    await assert.rejects(inflated(gzipSync('x'.repeat(1000)), refuse), /no memory/);
    assert.deepEqual(taken, [1000]);
  });
});
