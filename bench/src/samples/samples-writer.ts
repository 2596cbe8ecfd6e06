import { closeSync, openSync, writeSync } from 'node:fs';
import { OUTCOMES, type Sample } from '../record/index.js';
import { RECORD_BYTES } from './sample-layout.js';
import { encodeHeader, type SamplesIdentity } from './samples-header.js';

/** Records held back before they are written: a write of 64 kB takes about 30 us, far less than a write for each sample. */
const BUFFERED_RECORDS = 910;

export interface SamplesWriter {
  /** Samples given so far. */
  readonly count: number;
  append(sample: Sample): void;
  /** Hands what is held back to the operating system; from then on a kill of this process does not lose it. */
  flush(): void;
  /** Flushes and closes. Further calls do nothing. */
  close(): void;
}

/**
 * Opens a new samples file for appending. Fails when the file exists: a trial's samples are never mixed with another's.
 * Call `flush` now and then (the load generator does so four times a second): what was flushed survives a kill.
 */
export function openSamplesWriter(file: string, identity: SamplesIdentity): SamplesWriter {
  const descriptor = openSync(file, 'ax');
  const header = encodeHeader(identity);
  writeSync(descriptor, header);
  const buffer = Buffer.alloc(BUFFERED_RECORDS * RECORD_BYTES);
  let used = 0;
  let count = 0;
  let closed = false;

  function flush(): void {
    let written = 0;
    while (written < used) written += writeSync(descriptor, buffer, written, used - written);
    used = 0;
  }
  return {
    get count() {
      return count;
    },
    append(sample) {
      if (closed) throw new Error(`${file} is closed: no sample can be added`);
      encodeSample(buffer, used, sample);
      used += RECORD_BYTES;
      count++;
      if (used === buffer.length) flush();
    },
    flush: () => {
      if (!closed) flush();
    },
    close: () => {
      if (closed) return;
      flush();
      closed = true;
      closeSync(descriptor);
    },
  };
}

function encodeSample(buffer: Buffer, at: number, sample: Sample): void {
  buffer.writeDoubleLE(sample.intendedAtNs, at);
  buffer.writeDoubleLE(sample.sentAtNs, at + 8);
  buffer.writeDoubleLE(sample.firstByteAtNs, at + 16);
  buffer.writeDoubleLE(sample.doneAtNs, at + 24);
  buffer.writeUInt32LE(sample.bytesOut, at + 32);
  buffer.writeUInt32LE(sample.bytesIn, at + 36);
  buffer.writeUInt32LE(sample.input, at + 40);
  buffer.writeUInt32LE(Math.min(sample.version, 0xffffffff), at + 44);
  buffer.writeUInt16LE(Math.min(sample.code, 0xffff), at + 48);
  buffer.writeUInt8(OUTCOMES.indexOf(sample.outcome), at + 50);
  buffer.writeUInt8(0, at + 51);
  for (let part = 0; part < 5; part++) {
    buffer.writeFloatLE(sample.serverTimingUs[part] ?? Number.NaN, at + 52 + 4 * part);
  }
}
