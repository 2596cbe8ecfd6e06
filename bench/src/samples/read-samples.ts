import { open } from 'node:fs/promises';
import { RECORD_BYTES } from './sample-layout.js';
import { createSampleTable, type SampleTable } from './sample-table.js';
import { decodeHeader, type SamplesIdentity } from './samples-header.js';

/** Records read at once: 4.5 MB, so that a file of any size is read in little memory besides its table. */
const CHUNK_RECORDS = 1 << 16;
const HEADER_READ_BYTES = 1 << 16;

/**
 * Reads a samples file, also one that was cut by a kill: a last record that is not whole is left out. Rows are in the order
 * in which the requests ended; an answer that had to be read in full to be judged follows when it was.
 * @throws Error when the file is missing or is no samples file.
 */
export async function readSamples(file: string): Promise<{ identity: SamplesIdentity; table: SampleTable }> {
  await using handle = await open(file, 'r');
  const { size } = await handle.stat();
  const start = Buffer.alloc(Math.min(size, HEADER_READ_BYTES));
  await handle.read(start, 0, start.length, 0);
  const { identity, dataAt } = decodeHeader(start, file);
  const table = createSampleTable(Math.floor((size - dataAt) / RECORD_BYTES));
  const chunk = Buffer.alloc(Math.min(CHUNK_RECORDS, Math.max(1, table.length)) * RECORD_BYTES);
  let row = 0;
  while (row < table.length) {
    const wanted = Math.min(chunk.length, (table.length - row) * RECORD_BYTES);
    let got = 0;
    while (got < wanted) {
      const { bytesRead } = await handle.read(chunk, got, wanted - got, dataAt + row * RECORD_BYTES + got);
      if (bytesRead === 0) throw new Error(`${file} became shorter while it was read`);
      got += bytesRead;
    }
    decodeRecords(chunk, wanted / RECORD_BYTES, table, row);
    row += wanted / RECORD_BYTES;
  }
  return { identity, table };
}

function decodeRecords(bytes: Buffer, records: number, table: SampleTable, firstRow: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [parse, queue, inference, serialise, upstream] = table.serverTimingUs;
  for (let record = 0, at = 0; record < records; record++, at += RECORD_BYTES) {
    const row = firstRow + record;
    table.intendedAtNs[row] = view.getFloat64(at, true);
    table.sentAtNs[row] = view.getFloat64(at + 8, true);
    table.firstByteAtNs[row] = view.getFloat64(at + 16, true);
    table.doneAtNs[row] = view.getFloat64(at + 24, true);
    table.bytesOut[row] = view.getUint32(at + 32, true);
    table.bytesIn[row] = view.getUint32(at + 36, true);
    table.input[row] = view.getUint32(at + 40, true);
    table.version[row] = view.getUint32(at + 44, true);
    table.code[row] = view.getUint16(at + 48, true);
    table.outcome[row] = view.getUint8(at + 50);
    parse[row] = view.getFloat32(at + 52, true);
    queue[row] = view.getFloat32(at + 56, true);
    inference[row] = view.getFloat32(at + 60, true);
    serialise[row] = view.getFloat32(at + 64, true);
    upstream[row] = view.getFloat32(at + 68, true);
  }
}
