import { MalformedMessage } from '../messages/malformed-message.js';
import { WIRE, WireReader } from '../messages/wire-reader.js';

/** Members of PredictionLog.log_type by field number. */
const KINDS: ReadonlyMap<number, PredictionLog['kind']> = new Map([
  [2, 'classify'],
  [3, 'regress'],
  [4, 'multi-inference'],
  [5, 'session-run'],
  [6, 'predict'],
  [7, 'predict-streamed'],
]);

/** One recorded request of a warm-up file. */
export interface PredictionLog {
  readonly kind: 'classify' | 'regress' | 'multi-inference' | 'session-run' | 'predict' | 'predict-streamed';
  /** Number of the member in log_type: what the real server's error names. */
  readonly field: number;
  /** The serialized request. */
  readonly request: Buffer;
}

/** Reads tensorflow.serving.PredictionLog; undefined when it holds none of the kinds known. Throws MalformedMessage. */
export function readPredictionLog(record: Uint8Array): PredictionLog | undefined {
  const reader = new WireReader(record);
  let log: PredictionLog | undefined;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    const field = tag >>> 3;
    const kind = KINDS.get(field);
    if (kind === undefined) reader.skip(tag);
    else if ((tag & 7) !== WIRE.bytes) throw new MalformedMessage(`field ${field} is not a message`);
    else log = { kind, field, request: requestOf(reader.message()) };
  }
  return log;
}

/** All kinds of logs have their request as field 1. */
function requestOf(reader: WireReader): Buffer {
  let request: Buffer = Buffer.alloc(0);
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ((1 << 3) | WIRE.bytes)) request = reader.bytes();
    else reader.skip(tag);
  }
  return request;
}
