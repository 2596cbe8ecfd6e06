export { startRest, type RestOptions } from './start-rest.js';
export type { HttpServer } from './http/http-server.js';
