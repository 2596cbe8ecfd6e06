export * from './models/index.js';
export { freePort, setUp } from './process/index.js';
