import { describeNode } from './describe-node.js';
import { JsonObject } from './json-node.js';
import { invalid } from './json-request-error.js';
import { parseJson } from './parse-json.js';

/** The object that every request body is. Throws JsonRequestError. */
export function parseRequestObject(body: Uint8Array): JsonObject {
  const root = parseJson(body);
  if (!(root instanceof JsonObject)) throw invalid(`JSON Value: ${describeNode(root)} Is not object`);
  return root;
}

/** The signature a request names (a byte string), '' when it names none. Throws JsonRequestError. */
export function signatureNameOf(root: JsonObject): string {
  const name = root.get('signature_name');
  if (name === undefined) return '';
  if (typeof name !== 'string')
    throw invalid(
      `JSON Value: ${describeNode(root)} not formatted correctly. 'signature_name' key must be a string value.`,
    );
  return name;
}
