/** Samples on disk: written as they happen by whoever drives load, read by whoever computes. */
export { openSamplesWriter, type SamplesWriter } from './samples-writer.js';
export { readSamples } from './read-samples.js';
export { createSampleTable, OK, sampleAt, tableFromSamples, type SampleTable } from './sample-table.js';
export type { SamplesIdentity } from './samples-header.js';
