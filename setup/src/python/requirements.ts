import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Release } from '../provision/tensorflow-release.js';

/** Flask's and gunicorn's pins are the control server's business. */
export const REQUIREMENTS_FILE = fileURLToPath(new URL('../../../flask-control/requirements.txt', import.meta.url));

/** FastAPI's and uvicorn's, beside the file above. */
const ADDED_FILE = 'requirements-fastapi.txt';

export interface Requirements extends Pins {
  /** Installed into the environment that the others made: an older one is added to, not made again. */
  readonly added: Pins | undefined;
}

interface Pins {
  readonly text: string;
  /** Changes whenever they have to be installed again. */
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
  const added = await readFile(join(dirname(file), ADDED_FILE), 'utf8').catch(() => undefined);
  return { ...pinsOf(text), added: added === undefined ? undefined : pinsOf(added) };
}

function pinsOf(text: string): Pins {
  return { text, sha256: createHash('sha256').update(text).digest('hex') };
}
