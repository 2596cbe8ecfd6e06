import { parseExactJson } from './exact-json.js';
import { firstDifference } from './first-difference.js';
import type { HttpAnswer } from './http-answer.js';
import { filled, type Places } from './placeholders.js';
import type { RestVector } from './recordings.js';

/** Names of functions differ from build to build in this one; a reader that is no full server leaves it out. */
const VARYING_METRIC = ':tensorflow:core:graph_optimization_usecs{';

/**
 * `everything` for the server itself. `values` for an answer that came through a proxy: status, texts and values must be
 * the same, but headers and layout are the proxy's own.
 */
export type Strictness = 'everything' | 'values';

/** How an answer differs from the recorded one under the vector's comparison mode; undefined when it does not. */
export function compareRest(
  vector: RestVector,
  answer: HttpAnswer | undefined,
  places: Places,
  strictness: Strictness,
): string | undefined {
  const { response, compare } = vector;
  if (response.no_answer)
    return answer === undefined ? undefined : `expected no answer, got ${answer.status} ${answer.body.toString()}`;
  if (answer === undefined) return 'no answer';
  if (strictness === 'values') return compareValues(vector, answer, places);
  const statusLine = firstDifference(
    `${response.status} ${response.reason}`,
    `${answer.status} ${answer.reason}`,
    0,
    'status line',
  );
  if (statusLine !== undefined) return `${statusLine} (body ${answer.body.toString().slice(0, 300)})`;
  if (compare === 'status-only') return undefined;
  return (
    firstDifference(headersOf(response.headers), headersOf(answer.headers), 0, 'headers') ??
    firstDifference(response.interim, answer.interim, 0, 'interim') ??
    compareBody(vector, answer.body, places)
  );
}

function compareValues(
  { request, response, compare, tolerance }: RestVector,
  answer: HttpAnswer,
  places: Places,
): string | undefined {
  const body = answer.body.toString();
  const status = firstDifference(response.status, answer.status, 0, 'status');
  if (status !== undefined) return `${status} (body ${body.slice(0, 300)})`;
  if (compare === 'status-only') return undefined;
  if (compare === 'text-prefix')
    return textDifference(innerText(filled(response.prefix ?? '', places)), innerText(body));
  const expected = filled(response.body ?? Buffer.from(response.body_base64 ?? '', 'base64').toString(), places);
  // The pages of the server's HTTP library, and bodies to HEAD, which no other library can send.
  if (expected.startsWith('<HTML>') || request.method === 'HEAD') return undefined;
  return expected === '' ? firstDifference('', body, 0, 'body') : jsonDifference(expected, body, asDoubles, tolerance);
}

function textDifference(prefix: string, actual: string): string | undefined {
  const beginning = actual.slice(0, prefix.length);
  return firstDifference(prefix, beginning, 0, 'body');
}

/** Layout of the JSON around an error text is the proxy's own. */
function innerText(body: string): string {
  return body.replace(/^\s*\{\s*"error"\s*:\s*"/, '');
}

/** A proxy may write 1 for 1.0. */
function asDoubles(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(asDoubles);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asDoubles(item)]));
}

/** Content-Length follows from the body, and Date from the clock. */
function headersOf(headers: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  return headers
    .filter(([name]) => name.toLowerCase() !== 'content-length')
    .map(([name, value]) => [name, name === 'Date' ? '*' : value]);
}

function compareBody({ compare, response, tolerance }: RestVector, body: Buffer, places: Places): string | undefined {
  if (response.body_base64 !== undefined && compare === 'exact')
    return firstDifference(response.body_base64, body.toString('base64'), 0, 'body');
  const expected = filled(response.body ?? '', places);
  const actual = body.toString();
  switch (compare) {
    case 'json':
      return jsonDifference(expected, actual, (value) => value, tolerance);
    case 'status-and-json-keys':
      return jsonDifference(expected, actual, (value) => Object.keys(Object(value) as object).sort(), 0);
    case 'text-prefix':
      return textDifference(filled(response.prefix ?? '', places), actual);
    case 'metrics':
      return metricsDifference(expected, response.exact_lines, actual, places);
    default:
      return firstDifference(expected, actual, 0, 'body');
  }
}

function jsonDifference(
  expected: string,
  actual: string,
  view: (value: unknown) => unknown,
  tolerance: number,
): string | undefined {
  try {
    return firstDifference(view(parseExactJson(expected)), view(parseExactJson(actual)), tolerance, 'body');
  } catch (error) {
    return `body is no JSON (${String(error)}): ${actual.slice(0, 300)}`;
  }
}

function metricsDifference(
  expected: string,
  exactLines: readonly string[],
  actual: string,
  places: Places,
): string | undefined {
  const got = metricLines(actual);
  const wanted = metricLines(expected);
  for (const [index, line] of wanted.entries())
    if (line !== got[index]) return `line ${index + 1}: expected ${line}, got ${got[index] ?? 'nothing'}`;
  if (got.length > wanted.length) return `line ${wanted.length + 1}: expected nothing, got ${got[wanted.length] ?? ''}`;
  const lines = new Set(actual.split('\n'));
  const missing = exactLines.map((line) => filled(line, places)).find((line) => !lines.has(line));
  return missing === undefined ? undefined : `no line ${missing}`;
}

/** Only the names and labels: values are cut off. */
function metricLines(page: string): string[] {
  return page
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(VARYING_METRIC))
    .map((line) => (line.startsWith('#') ? line : line.slice(0, line.lastIndexOf(' '))));
}
