import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Release } from '../provision/tensorflow-release.js';

/** Flask's and gunicorn's pins are the control server's business. */
export const REQUIREMENTS_FILE = fileURLToPath(new URL('../../../flask-control/requirements.txt', import.meta.url));

export interface Requirements {
  readonly text: string;
  /** Changes whenever the environment has to be made again. */
  readonly sha256: string;
}

/**
 * What the Python environment holds: the file's pins, with TensorFlow replaced by the release that is the engine, so that
 * Python and Node run the same one (the GPU build too).
 */
export async function readRequirements(file: string, release: Release): Promise<Requirements> {
  const pins = await readFile(file, 'utf8');
  const line = `${release.distribution}==${release.version}`;
  const text = /^tensorflow(?:-cpu)?\b.*$/m.test(pins)
    ? pins.replace(/^tensorflow(?:-cpu)?\b.*$/m, line)
    : `${pins.trimEnd()}\n${line}\n`;
  return { text, sha256: createHash('sha256').update(text).digest('hex') };
}
