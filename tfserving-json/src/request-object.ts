import { describeValue } from './describe-value.js';
import { invalid } from './json-request-error.js';
import { JsonText } from './json-text.js';

/** The object that every request body is. Throws JsonRequestError. */
export function requestObject(body: Uint8Array): JsonText {
  const json = new JsonText(body);
  if (!json.isObject(json.root)) throw invalid(`JSON Value: ${describeValue(json, json.root)} Is not object`);
  return json;
}

/** The signature a request names (a byte string), '' when it names none. Throws JsonRequestError. */
export function signatureNameOf(json: JsonText): string {
  const name = json.get(json.root, 'signature_name');
  if (name === undefined) return '';
  if (!json.isString(name))
    throw invalid(
      `JSON Value: ${describeValue(json, json.root)} not formatted correctly. 'signature_name' key must be a string value.`,
    );
  return json.string(name);
}
