export type { GoldenCase, GoldenSet } from './golden-case.js';
export { prepareRequests, type PreparedRequest } from './prepare-requests.js';
