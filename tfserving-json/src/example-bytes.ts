import { bytesFromBase64 } from './base64.js';
import { flushedFloat } from './flushed-float.js';
import { invalid } from './json-request-error.js';
import { JsonDouble, type JsonText } from './json-text.js';
import { MessageBytes } from './message-bytes.js';

type Kind = 'bytes' | 'float' | 'int64';

/** Numbers of tensorflow.Feature's lists. */
const KIND_FIELDS = { bytes: 1, float: 2, int64: 3 } as const;
/** Each takes some hundred bytes beside its own. */
const MOST_FEATURES = 100_000;

/**
 * One example (or the context) of a classify or regress request as a serialized tensorflow.Example; `json.end` is behind it
 * then. Written here because names need not be UTF-8, which message libraries insist on. Throws JsonRequestError.
 */
export function exampleBytes(json: JsonText, example: number): Uint8Array {
  if (!json.isObject(example)) throw invalid(`Example must be JSON object but got JSON ${json.typeName(example)}`);
  const features = new Map<string, Uint8Array>();
  let behind = example + 1;
  for (let member = json.next(behind); member !== undefined; member = json.next(behind)) {
    const name = json.string(member);
    features.set(name, featureBytes(json, json.memberValue(member), name));
    if (features.size > MOST_FEATURES) throw invalid(`An example has more than ${MOST_FEATURES} features`);
    behind = json.end;
  }
  json.end = json.skipSpace(behind) + 1;
  const entries = new MessageBytes();
  for (const [name, feature] of features) {
    const entry = new MessageBytes();
    entry.field(1, Buffer.from(name, 'latin1'));
    entry.field(2, feature);
    entries.field(1, entry.take());
  }
  const message = new MessageBytes();
  message.field(1, entries.take());
  return message.take();
}

/** A serialized tensorflow.Feature: one list of one kind, or no list at all for `[]`. Leaves `json.end` behind the value. */
function featureBytes(json: JsonText, value: number, name: string): Uint8Array {
  const values = new FeatureValues(json, name);
  if (!json.isArray(value)) {
    values.add(value);
    return values.take();
  }
  let behind = value + 1;
  for (let element = json.next(behind); element !== undefined; element = json.next(behind)) {
    values.add(element);
    behind = json.end;
  }
  json.end = json.skipSpace(behind) + 1;
  return values.take();
}

class FeatureValues {
  readonly #json: JsonText;
  readonly #name: string;
  readonly #values = new MessageBytes();
  #kind: Kind | undefined;

  constructor(json: JsonText, name: string) {
    this.#json = json;
    this.#name = name;
  }

  add(at: number): void {
    const json = this.#json;
    if (json.isObject(at)) {
      const text = json.base64Text(at);
      if (text === undefined) throw this.#unexpected(at);
      this.#is('bytes');
      const bytes = bytesFromBase64(json.string(text));
      if (bytes === undefined) throw invalid('Unable to base64 decode');
      this.#values.field(1, bytes);
      json.end = json.skip(at);
      return;
    }
    const value = json.isArray(at) ? null : json.scalar(at);
    if (value === null) throw this.#unexpected(at);
    if (typeof value === 'string') {
      this.#is('bytes');
      this.#values.field(1, Buffer.from(value, 'latin1'));
    } else if (value instanceof JsonDouble) {
      this.#is('float');
      this.#values.float(flushedFloat(value.value));
    } else {
      this.#is('int64');
      if (typeof value === 'bigint' && value > 9223372036854775807n)
        throw invalid(`Feature: ${this.#name} has uint64_t element. Only int64_t is supported.`);
      this.#values.varint(value);
    }
  }

  take(): Uint8Array {
    const feature = new MessageBytes();
    if (this.#kind === undefined) return feature.take();
    const values = this.#values.take();
    if (this.#kind === 'bytes') feature.field(KIND_FIELDS.bytes, values);
    else {
      const list = new MessageBytes();
      list.field(1, values);
      feature.field(KIND_FIELDS[this.#kind], list.take());
    }
    return feature.take();
  }

  #is(kind: Kind): void {
    this.#kind ??= kind;
    if (this.#kind !== kind)
      throw invalid(`Unexpected element type in feature: ${this.#name} expecting type: ${this.#kind}`);
  }

  #unexpected(at: number): Error {
    return invalid(`Feature: ${this.#name} has element with unexpected JSON type: ${this.#json.typeName(at)}`);
  }
}
