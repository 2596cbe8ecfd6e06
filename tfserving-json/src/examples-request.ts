import { textOf } from './byte-text.js';
import { describeValue } from './describe-value.js';
import { exampleBytes } from './example-bytes.js';
import { invalid } from './json-request-error.js';
import { requestObject, signatureNameOf } from './request-object.js';

export interface ExamplesRequest {
  /** '' when the request names none. */
  readonly signatureName: string;
  /** Serialized tensorflow.Examples, without the context. */
  readonly examples: readonly Uint8Array[];
  /** The serialized tensorflow.Example that all examples share. */
  readonly context: Uint8Array | undefined;
}

/** Each takes about a hundred bytes beside its own. */
const MOST_EXAMPLES = 2 ** 18;

/** Reads the body of a classify or regress request. Throws JsonRequestError. */
export function parseExamplesRequest(body: Uint8Array): ExamplesRequest {
  const json = requestObject(body);
  const { root } = json;
  const signatureName = textOf(signatureNameOf(json));
  const context = json.get(root, 'context');
  const contextBytes = context === undefined ? undefined : exampleBytes(json, context);
  const list = json.get(root, 'examples');
  const refusal = (text: string): Error => invalid(`JSON Value: ${describeValue(json, root)} ${text}`);
  if (list === undefined) throw refusal("When method is classify, key 'examples' is expected and was not found");
  if (!json.isArray(list)) throw refusal("Expecting 'examples' value to be an list/array");
  const examples: Uint8Array[] = [];
  for (let example = json.next(list + 1); example !== undefined; example = json.next(json.end)) {
    if (examples.length === MOST_EXAMPLES) throw invalid(`The request has more than ${MOST_EXAMPLES} examples`);
    examples.push(exampleBytes(json, example));
  }
  if (examples.length === 0) throw refusal("'examples' value is an empty array");
  return { signatureName, examples, context: contextBytes };
}
