import { dataTypeName, loadMessages } from '@serving-study/protos';
import type { MessageJson } from '@serving-study/tfserving-json';
import protobuf from 'protobufjs';

/** Inputs of a signature by alias, as far as JSON needs them. */
export type InputTypes = ReadonlyMap<string, { readonly dtype: string | undefined }>;

export interface SignatureDefs {
  readonly inputTypes: ReadonlyMap<string, InputTypes>;
  /** By name of the signature, in the JSON mapping of protocol buffers with every field printed. */
  readonly json: Readonly<Record<string, MessageJson>>;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads a serialized tensorflow.serving.SignatureDefMap. */
export function signatureDefsFromBytes(bytes: Uint8Array): SignatureDefs {
  const type = loadMessages().lookupType('tensorflow.serving.SignatureDefMap');
  const { signature_def: signatures } = type.decode(bytes) as unknown as {
    signature_def: Record<string, { inputs: Record<string, { dtype: number }> }>;
  };
  const inputTypes = Object.entries(signatures).map(([name, { inputs }]) => {
    const types = Object.entries(inputs).map(([alias, { dtype }]) => [alias, { dtype: dataTypeName(dtype) }] as const);
    return [name, new Map(types)] as const;
  });
  const json = messageToJson(type, type.decode(bytes) as unknown as Fields) as {
    signature_def: Record<string, MessageJson>;
  };
  return { inputTypes: new Map(inputTypes), json: json.signature_def };
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
