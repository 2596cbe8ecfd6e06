import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { generatedImage } from './generated-image.js';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

// Expected values: models/zoo/generated_images.py
describe('generatedImage', () => {
  it('makes the image that Python makes', () => {
    const small = generatedImage(1, [28, 28, 1]);
    assert.deepEqual([...small.subarray(0, 8)], [101, 124, 68, 78, 150, 154, 169, 197]);
    assert.equal(sha256(small), '3c5b63eaae147da2df6ec180a1a4df415828774f830671af8fcf4d66055f0846');
    assert.equal(
      sha256(generatedImage(7, [224, 224, 3])),
      'a0277496e0f255deee141104a7b7d280ea9dc76a9d98d65022ae7891e4146ac8',
    );
  });

  it('makes another image from another seed, seed 0 included', () => {
    assert.notDeepEqual(generatedImage(0, [28, 28, 1]), generatedImage(1, [28, 28, 1]));
  });
});
