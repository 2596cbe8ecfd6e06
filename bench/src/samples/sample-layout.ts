/**
 * How one sample lies in the file: 72 bytes, little-endian. Fixed size, so that a file cut anywhere by a kill loses at most
 * its last record, and so that any language can read it with one struct definition (the file's header repeats this table).
 */
export const RECORD_BYTES = 72;

export const COLUMNS = [
  { name: 'intendedAtNs', type: 'f64', offset: 0, unit: 'ns since the start of the measured window' },
  { name: 'sentAtNs', type: 'f64', offset: 8, unit: 'ns since the start of the measured window, NaN: never sent' },
  { name: 'firstByteAtNs', type: 'f64', offset: 16, unit: 'ns since the start of the measured window, NaN: no answer' },
  { name: 'doneAtNs', type: 'f64', offset: 24, unit: 'ns since the start of the measured window, NaN: never ended' },
  { name: 'bytesOut', type: 'u32', offset: 32, unit: 'bytes of the request message' },
  { name: 'bytesIn', type: 'u32', offset: 36, unit: 'bytes of the answer message' },
  { name: 'input', type: 'u32', offset: 40, unit: 'index of the input' },
  { name: 'version', type: 'u32', offset: 44, unit: 'model version, 0: unknown' },
  { name: 'code', type: 'u16', offset: 48, unit: 'HTTP status, gRPC code or errno' },
  { name: 'outcome', type: 'u8', offset: 50, unit: 'index into outcomes' },
  { name: 'parseUs', type: 'f32', offset: 52, unit: 'us, NaN: not reported' },
  { name: 'queueUs', type: 'f32', offset: 56, unit: 'us, NaN: not reported' },
  { name: 'inferenceUs', type: 'f32', offset: 60, unit: 'us, NaN: not reported' },
  { name: 'serialiseUs', type: 'f32', offset: 64, unit: 'us, NaN: not reported' },
  { name: 'upstreamUs', type: 'f32', offset: 68, unit: 'us, NaN: not reported' },
] as const;
