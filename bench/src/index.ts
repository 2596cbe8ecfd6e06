export * from './models/index.js';
export { freePort } from './process/index.js';
