const MOSAIC = 7;

/**
 * An image made from a seed by whole-number arithmetic, so that Python (models/zoo/generated_images.py, where the
 * algorithm is described) and this function make the same one: a 7x7 mosaic of random colours under noise. White noise
 * alone would not do: to a convolution all noise looks alike, and a wrong answer could pass for a right one.
 *
 * `shape` is height, width, channels; height and width are multiples of 7. Row-major bytes.
 */
export function generatedImage(seed: number, shape: readonly [number, number, number]): Uint8Array {
  const [height, width, channels] = shape;
  const next = xorshiftBytes(seed);
  const mosaic = Uint8Array.from({ length: MOSAIC * MOSAIC * channels }, next);
  const image = new Uint8Array(height * width * channels);
  for (let at = 0; at < image.length; at += 1) {
    const row = Math.floor((Math.floor(at / (width * channels)) * MOSAIC) / height);
    const column = Math.floor(((Math.floor(at / channels) % width) * MOSAIC) / width);
    const colour = mosaic[(row * MOSAIC + column) * channels + (at % channels)] ?? 0;
    image[at] = (3 * colour + next()) >> 2;
  }
  return image;
}

/** Marsaglia's xorshift32; each step gives the highest byte of its state. */
function xorshiftBytes(seed: number): () => number {
  let state = Math.imul(seed, 2654435761) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 24;
  };
}
