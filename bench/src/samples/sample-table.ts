import { OUTCOMES, type Sample } from '../record/index.js';

/**
 * Many samples, column by column: row `i` is one request. Two million rows as objects would cost gigabytes and seconds;
 * as columns they are 144 MB. Units and meanings are those of `Sample`.
 */
export type SampleTable = ReturnType<typeof createSampleTable>;

/** The `outcome` of a correct answer. */
export const OK = OUTCOMES.indexOf('ok');

export function createSampleTable(length: number) {
  const timing = (): Float32Array => new Float32Array(length);
  return {
    length,
    intendedAtNs: new Float64Array(length),
    sentAtNs: new Float64Array(length),
    firstByteAtNs: new Float64Array(length),
    doneAtNs: new Float64Array(length),
    bytesOut: new Uint32Array(length),
    bytesIn: new Uint32Array(length),
    input: new Uint32Array(length),
    version: new Uint32Array(length),
    code: new Uint16Array(length),
    /** Indexes into OUTCOMES; `OK` is 0. */
    outcome: new Uint8Array(length),
    /** Parse, queue, inference, serialise, upstream: the order of `Sample.serverTimingUs`. */
    serverTimingUs: [timing(), timing(), timing(), timing(), timing()] as const,
  } as const;
}

/** Samples as a table, for those who have them as objects. */
export function tableFromSamples(samples: readonly Sample[]): SampleTable {
  const table = createSampleTable(samples.length);
  samples.forEach((sample, row) => {
    table.intendedAtNs[row] = sample.intendedAtNs;
    table.sentAtNs[row] = sample.sentAtNs;
    table.firstByteAtNs[row] = sample.firstByteAtNs;
    table.doneAtNs[row] = sample.doneAtNs;
    table.bytesOut[row] = sample.bytesOut;
    table.bytesIn[row] = sample.bytesIn;
    table.input[row] = sample.input;
    table.version[row] = sample.version;
    table.code[row] = sample.code;
    table.outcome[row] = OUTCOMES.indexOf(sample.outcome);
    table.serverTimingUs.forEach((column, part) => {
      column[row] = sample.serverTimingUs[part] ?? Number.NaN;
    });
  });
  return table;
}

/** Row `row` as an object. */
export function sampleAt(table: SampleTable, row: number): Sample {
  if (!(row >= 0 && row < table.length)) throw new RangeError(`no sample ${row} in a table of ${table.length}`);
  const at = (column: ArrayLike<number>): number => column[row] ?? Number.NaN;
  const [parse, queue, inference, serialise, upstream] = table.serverTimingUs;
  return {
    intendedAtNs: at(table.intendedAtNs),
    sentAtNs: at(table.sentAtNs),
    firstByteAtNs: at(table.firstByteAtNs),
    doneAtNs: at(table.doneAtNs),
    outcome: OUTCOMES[at(table.outcome)] ?? 'never-sent',
    code: at(table.code),
    bytesOut: at(table.bytesOut),
    bytesIn: at(table.bytesIn),
    input: at(table.input),
    version: at(table.version),
    serverTimingUs: [at(parse), at(queue), at(inference), at(serialise), at(upstream)],
  };
}
