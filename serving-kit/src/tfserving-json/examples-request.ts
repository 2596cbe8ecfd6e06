import { textOf } from './byte-text.js';
import { describeNode } from './describe-node.js';
import { exampleBytes } from './example-bytes.js';
import { exampleFeatures } from './example-features.js';
import { invalid } from './json-request-error.js';
import { parseRequestObject, signatureNameOf } from './request-object.js';

export interface ExamplesRequest {
  /** '' when the request names none. */
  readonly signatureName: string;
  /** Serialized tensorflow.Examples, without the context. */
  readonly examples: readonly Uint8Array[];
  /** The serialized tensorflow.Example that all examples share. */
  readonly context: Uint8Array | undefined;
}

/** Reads the body of a classify or regress request. Throws JsonRequestError. */
export function parseExamplesRequest(body: Uint8Array): ExamplesRequest {
  const root = parseRequestObject(body);
  const signatureName = textOf(signatureNameOf(root));
  const context = root.get('context');
  const contextBytes = context === undefined ? undefined : exampleBytes(exampleFeatures(context));
  const examples = root.get('examples');
  const refusal = (text: string): Error => invalid(`JSON Value: ${describeNode(root)} ${text}`);
  if (examples === undefined) throw refusal("When method is classify, key 'examples' is expected and was not found");
  if (!Array.isArray(examples)) throw refusal("Expecting 'examples' value to be an list/array");
  if (examples.length === 0) throw refusal("'examples' value is an empty array");
  return {
    signatureName,
    examples: examples.map((example) => exampleBytes(exampleFeatures(example))),
    context: contextBytes,
  };
}
