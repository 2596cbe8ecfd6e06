export { Http2Connection } from './connection.js';
export { RequestHeaders } from './request-headers.js';
export type { Http2Stream } from './stream.js';
