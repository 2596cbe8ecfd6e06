/** A number token with a fraction or an exponent, or outside uint64/int64: never an integer for TensorFlow Serving. */
export class JsonDouble {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** Members in the order of the text, duplicates included; names are byte strings. */
export class JsonObject {
  readonly names: string[] = [];
  readonly values: JsonNode[] = [];

  /** The first member of that name. */
  get(name: string): JsonNode | undefined {
    const index = this.names.indexOf(name);
    return index < 0 ? undefined : this.values[index];
  }
}

/**
 * A parsed JSON value. Integer tokens are numbers where that is exact and bigints otherwise, all others JsonDouble;
 * strings are byte strings.
 */
export type JsonNode = null | boolean | number | bigint | JsonDouble | string | JsonNode[] | JsonObject;

/** rapidjson's name of the value's type. */
export function typeName(node: JsonNode): string {
  if (node === null) return 'Null';
  if (node === true) return 'True';
  if (node === false) return 'False';
  if (typeof node === 'string') return 'String';
  if (Array.isArray(node)) return 'Array';
  return node instanceof JsonObject ? 'Object' : 'Number';
}

/** The text of `{"b64": "…"}`, the only shape TensorFlow Serving takes for bytes; undefined for anything else. */
export function base64Text(node: JsonNode): string | undefined {
  if (!(node instanceof JsonObject) || node.names.length !== 1 || node.names[0] !== 'b64') return undefined;
  const [text] = node.values;
  return typeof text === 'string' ? text : undefined;
}

/** An object that is not bytes in base64: what the row format calls an object. */
export function isPlainObject(node: JsonNode | undefined): node is JsonObject {
  return node instanceof JsonObject && base64Text(node) === undefined;
}
