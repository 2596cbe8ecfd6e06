import { StatusError } from '../status-error.js';
import { maskedCrc32c } from './crc32c.js';

const HEADER_BYTES = 12;
const FOOTER_BYTES = 4;

/**
 * The records of a TFRecord file: u64 length, u32 masked CRC of the length, data, u32 masked CRC of the data, all
 * little-endian. Throws StatusError DATA_LOSS at the first record that is damaged or cut off.
 */
export function* tfRecords(file: Buffer): Generator<Buffer> {
  for (let at = 0; at < file.length;) {
    if (file.length - at < HEADER_BYTES) throw damaged('truncated', at);
    if (maskedCrc32c(file.subarray(at, at + 8)) !== file.readUInt32LE(at + 8)) throw damaged('corrupted', at);
    const length = Number(file.readBigUInt64LE(at));
    const end = at + HEADER_BYTES + length;
    if (end + FOOTER_BYTES > file.length) throw damaged('truncated', at);
    const data = file.subarray(at + HEADER_BYTES, end);
    if (maskedCrc32c(data) !== file.readUInt32LE(end)) throw damaged('corrupted', at);
    yield data;
    at = end + FOOTER_BYTES;
  }
}

function damaged(how: 'truncated' | 'corrupted', at: number): StatusError {
  return new StatusError('DATA_LOSS', `${how} record at ${at}. Please verify your warmup data is in TFRecord format.`);
}
