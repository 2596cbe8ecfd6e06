/** Doing something at an instant. */
export { createClock } from './clock.js';
export { createPacer, type Pacer } from './pacer.js';
