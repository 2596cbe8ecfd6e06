import { fileURLToPath } from 'node:url';

/** The folder that the manifest's paths are relative to. */
export const PROJECT_ROOT = fileURLToPath(new URL('../../..', import.meta.url));
