/** How a step of the search is judged (method rule 12). */
export const PERCENTILE = 0.99;
/** A request without an answer by then is given up; where a percentile is among such requests, it is at least this. */
export const TIMEOUT_MS = 2000;
/** Failed requests that a step may have and still hold. */
export const FAILED_SHARE = 0.001;
