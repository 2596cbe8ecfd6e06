/** Percentiles over raw samples, and how many samples entitle one to print them (method rule 9). */
export { percentileNs, sortLatencies, type SortedLatencies } from './sorted-latencies.js';
export { certifiedBoundNs, samplesNeeded } from './certainty.js';
export { certifiedMs, summariseLatencies } from './latency-summary.js';
export { hdrPercentileText } from './hdr.js';
