import { loadMessages } from '@serving-study/protos';
import type protobuf from 'protobufjs';

const types = new Map<string, protobuf.Type>();

/** Serializes one of TensorFlow's option messages. Types are looked up once: runs with a timeout come here each time. */
export function messageBytes(
  name: 'tensorflow.ConfigProto' | 'tensorflow.RunOptions',
  fields: Record<string, number>,
): Uint8Array {
  let type = types.get(name);
  if (type === undefined) {
    type = loadMessages().lookupType(name);
    types.set(name, type);
  }
  return type.encode(type.create(fields)).finish();
}
