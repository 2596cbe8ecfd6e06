import { textOf } from '@serving-study/tfserving-json';
import { StatusError } from '../status-error.js';
import type { ModelSpec, VersionChoice } from '../core.js';

export type Verb = 'predict' | 'classify' | 'regress';

export type Route =
  | { readonly kind: Verb; readonly spec: ModelSpec }
  | { readonly kind: 'metadata'; readonly spec: ModelSpec }
  | { readonly kind: 'status'; readonly spec: ModelSpec }
  | { readonly kind: 'preflight' }
  /** A version that no int64 holds: answered with 400 and no body. */
  | { readonly kind: 'bad version'; readonly model: string }
  | { readonly kind: 'refused'; readonly model: string; readonly error: StatusError };

const PREDICTION =
  /^\/v1\/models\/([^/:]+)(?:(?:\/versions\/(\d+))|(?:\/labels\/([^/:]+)))?:(classify|regress|predict)$/i;
const INFORMATION = /^\/v1\/models(?:\/([^/:]+))?(?:(?:\/versions\/(\d+))|(?:\/labels\/([^/:]+)))?(?:\/(metadata))?$/i;
const LARGEST_INT64 = 9223372036854775807n;

/** Whether a path belongs to the API at all; everything else is answered with an HTML page. */
export function isApiPath(target: string): boolean {
  return target.length >= 4 && target.slice(0, 4).toLowerCase() === '/v1/';
}

/** What a request below /v1/ asks for. `target` is path, query and fragment as sent. */
export function routeOf(method: string, target: string): Route {
  if (method === 'OPTIONS') return { kind: 'preflight' };
  const match = method === 'POST' ? PREDICTION.exec(target) : method === 'GET' ? INFORMATION.exec(target) : null;
  const [, name, version, label, verb] = match ?? [];
  const model = name === undefined ? '' : decoded(name);
  const malformed = `Malformed request: ${method} ${target}`;
  if (match === null) return refused(model, malformed);
  if (version !== undefined && !fitsInt64(version)) return { kind: 'bad version', model };
  if (method === 'POST' && !isVerb(verb)) return refused(model, malformed);
  if (name === undefined) return refused(model, 'Missing model name in request.');
  const spec = { name: model, choice: choiceOf(version, label) };
  if (isVerb(verb)) return { kind: verb, spec };
  return { kind: verb === 'metadata' ? 'metadata' : 'status', spec };
}

function fitsInt64(digits: string): boolean {
  const significant = digits.replace(/^0+/, '');
  return significant.length <= 19 && BigInt(significant) <= LARGEST_INT64;
}

/** The pattern matches verbs in any case; only lower case is one. */
function isVerb(verb: string | undefined): verb is Verb {
  return verb === 'predict' || verb === 'classify' || verb === 'regress';
}

function choiceOf(version: string | undefined, label: string | undefined): VersionChoice {
  if (version !== undefined) return { kind: 'version', version: BigInt(version) };
  return label === undefined ? { kind: 'latest' } : { kind: 'label', label: decoded(label) };
}

/** Percent-decoded as bytes, which need not be UTF-8. */
function decoded(text: string): string {
  if (!text.includes('%')) return text;
  return textOf(text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))));
}

function refused(model: string, message: string): Route {
  return { kind: 'refused', model, error: new StatusError('INVALID_ARGUMENT', message) };
}
