import { loadMessages } from '@serving-study/protos';
import type { MessageJson } from '@serving-study/tfserving-json';
import protobuf from 'protobufjs';

type Fields = Readonly<Record<string, unknown>>;

/** By name of the signature, in the JSON mapping of protocol buffers. Takes a serialized tensorflow.serving.SignatureDefMap. */
export function signatureDefsJson(bytes: Uint8Array): Readonly<Record<string, MessageJson>> {
  const type = loadMessages().lookupType('tensorflow.serving.SignatureDefMap');
  const json = messageToJson(type, type.decode(bytes) as unknown as Fields);
  return (json as { readonly signature_def: Readonly<Record<string, MessageJson>> }).signature_def;
}

/** As TensorFlow Serving prints messages: fields in the order of their numbers, unset ones with their default unless they are messages. */
function messageToJson(type: protobuf.Type, message: Fields): MessageJson {
  const json: Record<string, MessageJson> = {};
  for (const field of type.fieldsArray.toSorted((a, b) => a.id - b.id)) {
    const value = message[field.name];
    const each = (item: unknown): MessageJson => valueToJson(field, item);
    if (field.map)
      json[field.name] = Object.fromEntries(Object.entries(value as Fields).map(([key, item]) => [key, each(item)]));
    else if (field.repeated) json[field.name] = (value as unknown[]).map(each);
    else if (Object.hasOwn(message, field.name)) json[field.name] = each(value);
    else if (field.partOf === null && !(field.resolvedType instanceof protobuf.Type)) json[field.name] = each(value);
  }
  return json;
}

function valueToJson({ resolvedType, type }: protobuf.Field, value: unknown): MessageJson {
  if (resolvedType instanceof protobuf.Type) return messageToJson(resolvedType, value as Fields);
  if (resolvedType instanceof protobuf.Enum) return resolvedType.valuesById[Number(value)] ?? Number(value);
  if (type === 'bytes') return Buffer.from(value as Uint8Array).toString('base64');
  return type.endsWith('64') ? String(value) : (value as MessageJson);
}
