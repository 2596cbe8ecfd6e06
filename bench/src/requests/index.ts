export type { GoldenCase, GoldenSet } from './golden-case.js';
export { prepareAnswer } from './prepare-answer.js';
export { prepareRequests, type PreparedRequest } from './prepare-requests.js';
