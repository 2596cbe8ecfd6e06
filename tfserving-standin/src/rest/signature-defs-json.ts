import { loadMessages } from '@serving-study/protos';
import type { MessageJson } from '@serving-study/tfserving-json';
import protobuf from 'protobufjs';

/**
 * The JSON mapping of a serialized tensorflow.serving.SignatureDefMap, by name of the signature, with every field printed
 * as TensorFlow Serving prints it: fields in the order of their numbers, set members of oneofs only, int64 as strings.
 */
export function signatureDefsJson(signatureDefMap: Uint8Array): Record<string, MessageJson> {
  const type = loadMessages().lookupType('tensorflow.serving.SignatureDefMap');
  const map = messageJsonOf(type, type.decode(signatureDefMap));
  return map['signature_def'] as Record<string, MessageJson>;
}

function messageJsonOf(type: protobuf.Type, message: protobuf.Message): Record<string, MessageJson> {
  const values = message as unknown as Readonly<Record<string, unknown>>;
  const json: Record<string, MessageJson> = {};
  for (const field of [...type.fieldsArray].sort((left, right) => left.id - right.id)) {
    const isSet = Object.hasOwn(message, field.name);
    // Absent messages and members of oneofs are left out, everything else has a default to print.
    if (
      !isSet &&
      !field.repeated &&
      !field.map &&
      (field.partOf !== null || field.resolvedType instanceof protobuf.Type)
    )
      continue;
    json[field.name] = fieldJson(field, values[field.name]);
  }
  return json;
}

function fieldJson(field: protobuf.Field, value: unknown): MessageJson {
  if (field.map) {
    const entries = Object.entries((value ?? {}) as Record<string, unknown>);
    return Object.fromEntries(entries.map(([key, item]) => [key, itemJson(field, item)]));
  }
  if (field.repeated) return ((value ?? []) as unknown[]).map((item) => itemJson(field, item));
  return itemJson(field, value);
}

function itemJson(field: protobuf.Field, value: unknown): MessageJson {
  const { resolvedType } = field;
  if (resolvedType instanceof protobuf.Type) return messageJsonOf(resolvedType, value as protobuf.Message);
  if (resolvedType instanceof protobuf.Enum) return resolvedType.valuesById[Number(value)] ?? Number(value);
  if (field.type === 'bytes') return Buffer.from(value as Uint8Array).toString('base64');
  if (typeof value === 'object' || field.type.endsWith('64')) return String(value);
  return value as MessageJson;
}
