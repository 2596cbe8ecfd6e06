import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { PROJECT_ROOT } from './project-root.js';

/** The first 256 of Fashion-MNIST's 10 000 held-out images, committed. */
export interface HeldoutImages {
  /** 28x28 grey values, row-major. */
  readonly images: readonly Uint8Array[];
  /** 0 to 9, as many. */
  readonly labels: Uint8Array;
}

const IMAGE_BYTES = 28 * 28;
const IMAGES_HEADER_BYTES = 16;
const LABELS_HEADER_BYTES = 8;

/** Reads models/heldout (IDX files, gzipped, as the data set itself comes). */
export async function heldoutImages(root: string = PROJECT_ROOT): Promise<HeldoutImages> {
  const unpack = promisify(gunzip);
  const folder = join(root, 'models', 'heldout');
  const pixels = (await unpack(await readFile(join(folder, 'images-idx3-ubyte.gz')))).subarray(IMAGES_HEADER_BYTES);
  const labels = (await unpack(await readFile(join(folder, 'labels-idx1-ubyte.gz')))).subarray(LABELS_HEADER_BYTES);
  if (pixels.length !== labels.length * IMAGE_BYTES)
    throw new Error(`${folder}: ${pixels.length} bytes of images for ${labels.length} labels`);
  return { images: Array.from(labels, (_, at) => pixels.subarray(at * IMAGE_BYTES, (at + 1) * IMAGE_BYTES)), labels };
}

/** Bytes to what the models take: float32 in 0..1. */
export function asFloats(image: Uint8Array): Float32Array {
  return Float32Array.from(image, (value) => value / 255);
}
