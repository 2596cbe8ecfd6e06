/** How a step of the search is judged (method rule 12). */
export const PERCENTILE = 0.99;
/** A request without an answer by then is given up; where a percentile is among such requests, it is at least this. */
export const TIMEOUT_MS = 2000;
/** Failed requests that a step may have and still hold. */
export const FAILED_SHARE = 0.001;
/** Lag of the generator, as a share of the limit, beyond which a step says nothing about the server (method rule 5). */
export const LAG_SHARE = 0.05;
