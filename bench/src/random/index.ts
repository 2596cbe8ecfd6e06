/** Seeded randomness: everything random in a study comes from here, so that a run can be repeated from its seeds. */
export { createRandom, deriveSeed, type Random } from './random.js';
export { shuffle } from './shuffle.js';
