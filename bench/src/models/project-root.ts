import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that the manifest's paths are relative to. */
export const PROJECT_ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Of the environment that set-up makes. */
export const PYTHON = join(PROJECT_ROOT, '.cache', 'venv', 'bin', 'python');
