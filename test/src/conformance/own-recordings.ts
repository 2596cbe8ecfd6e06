import { fileURLToPath } from 'node:url';

/** The recordings this repository keeps. */
export const OWN_RECORDINGS = fileURLToPath(new URL('../../conformance', import.meta.url));
