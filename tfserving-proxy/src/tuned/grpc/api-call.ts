import type { IncomingHttpHeaders } from 'node:http';
import type { ModelSpec } from '../../model-catalogue.js';

/** What a request of the REST API asks for. */
export type ApiCall =
  | { readonly kind: 'predict' | 'classify' | 'regress' | 'status' | 'metadata'; readonly model: ModelSpec }
  | { readonly kind: 'preflight'; readonly allowed: boolean }
  /** Answered with 400; without a text, with an empty body. */
  | { readonly kind: 'refused'; readonly text?: string };

/** TensorFlow Serving matches path and query together, undecoded, in any case of letters. */
const POST = /^\/v1\/models\/([^/:]+)(?:\/versions\/(\d+)|\/labels\/([^/:]+))?:(classify|regress|predict)$/i;
const GET = /^\/v1\/models(?:\/([^/:]+))?(?:\/versions\/(\d+)|\/labels\/([^/:]+))?(?:\/(metadata))?$/i;
const LARGEST_INT64 = 2n ** 63n - 1n;

/** Reads method and URL as TensorFlow Serving's REST API does, with its oddities. */
export function apiCallFrom(method: string, target: string, headers: IncomingHttpHeaders): ApiCall {
  if (method === 'OPTIONS') return { kind: 'preflight', allowed: /https?:\/\//.test(headers.origin ?? '') };
  const matched = method === 'POST' ? POST.exec(target) : method === 'GET' ? GET.exec(target) : null;
  const malformed: ApiCall = { kind: 'refused', text: `Malformed request: ${method} ${target}` };
  if (matched === null) return malformed;
  const [, name, version, label, verb] = matched;
  if (version !== undefined && BigInt(version) > LARGEST_INT64) return { kind: 'refused' };
  // only the verb is compared as it is written
  if (method === 'POST' && verb !== 'predict' && verb !== 'classify' && verb !== 'regress') return malformed;
  if (name === undefined) return { kind: 'refused', text: 'Missing model name in request.' };
  const model: ModelSpec = {
    name: percentDecoded(name),
    ...(version === undefined ? {} : { version: { value: String(BigInt(version)) } }),
    ...(label === undefined ? {} : { version_label: percentDecoded(label) }),
  };
  if (verb === 'predict' || verb === 'classify' || verb === 'regress') return { kind: verb, model };
  return { kind: verb === 'metadata' ? 'metadata' : 'status', model };
}

/** Unlike decodeURIComponent, leaves alone what is no escape. */
function percentDecoded(text: string): string {
  if (!text.includes('%')) return text;
  const bytes = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}
