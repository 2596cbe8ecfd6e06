export { Http2Connection } from './connection.js';
export type { AnswerField } from './hpack-encoder.js';
export { CODE } from './protocol.js';
export { RequestHeaders } from './request-headers.js';
export type { Http2Stream } from './stream.js';
