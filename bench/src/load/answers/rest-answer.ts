import type { Answer, AnswerElement } from './answer.js';
import { exact, parseExactJson } from './exact-json.js';

type Outputs = Map<string, AnswerElement[]>;

/** Reads `{"predictions": ...}` or `{"outputs": ...}` of the REST predict contract, integers with every digit. */
export function readRestAnswer(body: Buffer): Answer {
  const message = parseExactJson(body.toString('utf8'));
  if (typeof message !== 'object' || message === null) throw new Error('the answer is no JSON object');
  const outputs: Outputs = new Map();
  if ('predictions' in message && Array.isArray(message.predictions)) {
    for (const row of message.predictions as readonly unknown[]) collectNamed(row, outputs);
    if (message.predictions.length === 0) outputs.set('', []);
  } else if ('outputs' in message) collectNamed(message.outputs, outputs);
  else throw new Error('the answer has neither predictions nor outputs');
  return { outputs, version: 0 };
}

/** An object holds outputs by their names; anything else is the only one. */
function collectNamed(value: unknown, outputs: Outputs): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || bytesIn(value) !== undefined) {
    collect(value, elementsOf('', outputs));
    return;
  }
  for (const [name, own] of Object.entries(value)) collect(own, elementsOf(name, outputs));
}

function elementsOf(name: string, outputs: Outputs): AnswerElement[] {
  const known = outputs.get(name) ?? [];
  outputs.set(name, known);
  return known;
}

function collect(value: unknown, into: AnswerElement[]): void {
  if (typeof value === 'number' || typeof value === 'boolean') into.push(value);
  else if (typeof value === 'string') into.push(exact(value));
  else if (Array.isArray(value)) for (const item of value) collect(item, into);
  else {
    const bytes = bytesIn(value);
    if (bytes === undefined)
      throw new Error(`the answer holds ${value === null ? 'a null' : 'an object'} where a value is expected`);
    into.push(bytes);
  }
}

/** How JSON carries byte strings. */
function bytesIn(value: unknown): Buffer | undefined {
  if (typeof value !== 'object' || value === null || !('b64' in value) || Object.keys(value).length !== 1)
    return undefined;
  return typeof value.b64 === 'string' ? Buffer.from(value.b64, 'base64') : undefined;
}
