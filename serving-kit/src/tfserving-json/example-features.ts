import { bytesFromBase64 } from './base64.js';
import { flushedFloat } from './flushed-float.js';
import { base64Text, JsonDouble, JsonObject, typeName, type JsonNode } from './json-node.js';
import { invalid } from './json-request-error.js';

/** tensorflow.Feature: one list of one kind, or no list at all for `[]`. */
export type Feature =
  | { kind: 'none' }
  | { kind: 'bytes'; values: Uint8Array[] }
  | { kind: 'float'; values: number[] }
  | { kind: 'int64'; values: bigint[] };

/** tensorflow.Example; names are byte strings. */
export type ExampleFeatures = ReadonlyMap<string, Feature>;

/** The features of one example (or of the context) of a classify or regress request. Throws JsonRequestError. */
export function exampleFeatures(node: JsonNode): ExampleFeatures {
  if (!(node instanceof JsonObject)) throw invalid(`Example must be JSON object but got JSON ${typeName(node)}`);
  const features = new Map<string, Feature>();
  for (const [index, name] of node.names.entries()) {
    const content = node.values[index] ?? null;
    let feature: Feature = { kind: 'none' };
    for (const value of Array.isArray(content) ? content : [content]) feature = withValue(feature, name, value);
    features.set(name, feature);
  }
  return features;
}

function withValue(feature: Feature, name: string, value: JsonNode): Feature {
  if (value === null || Array.isArray(value)) throw unexpected(name, value);
  if (typeof value === 'string') return withBytes(feature, name, () => Buffer.from(value, 'latin1'));
  if (value instanceof JsonObject) {
    const text = base64Text(value);
    if (text === undefined) throw unexpected(name, value);
    return withBytes(feature, name, () => {
      const bytes = bytesFromBase64(text);
      if (bytes === undefined) throw invalid('Unable to base64 decode');
      return bytes;
    });
  }
  if (value instanceof JsonDouble) {
    if (feature.kind === 'none') return { kind: 'float', values: [flushedFloat(value.value)] };
    if (feature.kind !== 'float') throw mixed(feature, name);
    feature.values.push(flushedFloat(value.value));
    return feature;
  }
  return withInteger(feature, name, BigInt(value));
}

function withBytes(feature: Feature, name: string, read: () => Uint8Array): Feature {
  if (feature.kind === 'none') return { kind: 'bytes', values: [read()] };
  if (feature.kind !== 'bytes') throw mixed(feature, name);
  feature.values.push(read());
  return feature;
}

function withInteger(feature: Feature, name: string, value: bigint): Feature {
  if (feature.kind !== 'none' && feature.kind !== 'int64') throw mixed(feature, name);
  if (value > 9223372036854775807n) throw invalid(`Feature: ${name} has uint64_t element. Only int64_t is supported.`);
  if (feature.kind === 'none') return { kind: 'int64', values: [value] };
  feature.values.push(value);
  return feature;
}

function unexpected(name: string, value: JsonNode): Error {
  return invalid(`Feature: ${name} has element with unexpected JSON type: ${typeName(value)}`);
}

function mixed(feature: Feature, name: string): Error {
  return invalid(`Unexpected element type in feature: ${name} expecting type: ${feature.kind}`);
}
