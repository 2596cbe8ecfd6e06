import { closeSync, openSync, writeSync } from 'node:fs';
import { OUTCOMES, type Sample } from '../record/index.js';
import { UnwritableError } from '../run-folder/index.js';
import { RECORD_BYTES } from './sample-layout.js';
import { encodeHeader, type SamplesIdentity } from './samples-header.js';

/** Records held back before they are written: a write of 64 kB takes about 30 us, far less than a write for each sample. */
const BUFFERED_RECORDS = 910;

export type SamplesWriter = ReturnType<typeof openSamplesWriter>;

/**
 * Opens a new samples file for appending. Fails when the file exists: a trial's samples are never mixed with another's.
 * Call `flush` now and then (the load generator does so four times a second): what was flushed survives a kill.
 */
export function openSamplesWriter(file: string, identity: SamplesIdentity) {
  const orUnwritable = <T>(work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      throw new UnwritableError(file, cause);
    }
  };
  const descriptor = orUnwritable(() => openSync(file, 'ax'));
  const write = (bytes: Buffer): void => {
    orUnwritable(() => {
      for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written);
    });
  };
  write(encodeHeader(identity));
  const buffer = Buffer.alloc(BUFFERED_RECORDS * RECORD_BYTES);
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
  let used = 0;
  let count = 0;
  let closed = false;

  function flush(): void {
    const ready = buffer.subarray(0, used);
    used = 0;
    write(ready);
  }
  return {
    /** Samples given so far. */
    get count() {
      return count;
    },
    append(sample: Sample) {
      if (closed) throw new Error(`${file} is closed: no sample can be added`);
      encodeSample(view, used, sample);
      used += RECORD_BYTES;
      count++;
      if (used === buffer.length) flush();
    },
    /** Hands what is held back to the operating system; from then on a kill of this process does not lose it. */
    flush: () => {
      if (!closed) flush();
    },
    /** Flushes and closes. Further calls do nothing. */
    close: () => {
      if (closed) return;
      closed = true;
      try {
        flush();
      } finally {
        closeSync(descriptor);
      }
    },
  };
}

/** A DataView, because V8 compiles its setters to single stores; Buffer's write methods cost the generator twice as much. */
function encodeSample(view: DataView, at: number, sample: Sample): void {
  view.setFloat64(at, sample.intendedAtNs, true);
  view.setFloat64(at + 8, sample.sentAtNs, true);
  view.setFloat64(at + 16, sample.firstByteAtNs, true);
  view.setFloat64(at + 24, sample.doneAtNs, true);
  view.setUint32(at + 32, sample.bytesOut, true);
  view.setUint32(at + 36, sample.bytesIn, true);
  view.setUint32(at + 40, sample.input, true);
  view.setUint32(at + 44, Math.min(sample.version, 0xffffffff), true);
  view.setUint16(at + 48, Math.min(sample.code, 0xffff), true);
  view.setUint8(at + 50, OUTCOMES.indexOf(sample.outcome));
  view.setUint8(at + 51, 0);
  const [parse, queue, inference, serialise, upstream] = sample.serverTimingUs;
  view.setFloat32(at + 52, parse, true);
  view.setFloat32(at + 56, queue, true);
  view.setFloat32(at + 60, inference, true);
  view.setFloat32(at + 64, serialise, true);
  view.setFloat32(at + 68, upstream, true);
}
