import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { ServiceError } from '@serving-study/serving-kit';

/** Limits on JSON that is parsed in this process, by the names of their settings. */
export interface JsonLimits {
  readonly STUDY_NESTING_LIMIT: number;
  readonly STUDY_VALUES_LIMIT: number;
  /** Where it is parsed on the event loop: nobody else is served meanwhile. */
  readonly STUDY_JSON_LIMIT_BYTES: number;
}

/**
 * The value of a JSON text; integers that a number does not hold exactly are bigints. Throws ServiceError: 400 where the text
 * breaks, 400 or 413 where it is over a limit. Limits count before anything is built, because JSON.parse takes twenty times
 * the memory of a text of `{},`; values before bytes, so that too many are 400 at any length.
 */
export function parseJson(bytes: Buffer, limits: JsonLimits): unknown {
  if (bytes.length === 0) throw new ServiceError(400, 'JSON Parse error: The document is empty');
  if (!isUtf8(bytes)) throw new ServiceError(400, 'JSON Parse error: The text is not UTF-8');
  requireModestJson(bytes, limits);
  const { STUDY_JSON_LIMIT_BYTES: limitBytes } = limits;
  if (bytes.length > limitBytes)
    throw new ServiceError(413, `The JSON is over the limit of ${limitBytes} bytes (STUDY_JSON_LIMIT_BYTES)`);
  const text = bytes.toString();
  try {
    return LONG_INTEGER.test(text) ? parseExactly(bytes) : JSON.parse(text);
  } catch (error) {
    throw new ServiceError(400, `JSON Parse error: ${(error as SyntaxError).message}`);
  }
}

/** In an object or a list. No 64-bit integer has more than 20 digits; a string may look so too, which costs only time. */
const LONG_INTEGER = /([[,:\s])(-?[1-9]\d{15,19})(?![.\deE]|\s*:)/;
const LONG_INTEGERS = new RegExp(LONG_INTEGER, 'g');
/** Before the digits. No client can know it; of one that guessed, a string would count as an integer. */
const MARK = randomUUID().slice(0, 8);
const AS_TEXT = `$1"${MARK}$2"`;

/** As JSON.parse, which gets the long integers as text. Strings stay as they are, whatever they hold. */
function parseExactly(bytes: Buffer): unknown {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const quote = bytes.indexOf(QUOTE, at);
    const start = quote === -1 ? bytes.length : quote;
    const end = quote === -1 ? bytes.length : endOfString(bytes, quote) + 1;
    pieces.push(
      bytes.toString('utf8', at, start).replaceAll(LONG_INTEGERS, AS_TEXT),
      bytes.toString('utf8', start, end),
    );
    at = end;
  }
  let marked: unknown;
  try {
    marked = JSON.parse(pieces.join(''));
  } catch {
    return JSON.parse(bytes.toString()); // says where the text itself breaks
  }
  return withIntegers(marked);
}

/** Puts the integers into their places. A reviver of JSON.parse would take three times as long. */
function withIntegers(json: unknown): unknown {
  if (typeof json === 'string') return json.startsWith(MARK) ? BigInt(json.slice(MARK.length)) : json;
  if (typeof json !== 'object' || json === null) return json;
  if (Array.isArray(json)) {
    for (let at = 0; at < json.length; at += 1) json[at] = withIntegers(json[at]);
    return json;
  }
  const members = json as Record<string, unknown>;
  for (const name of Object.keys(members)) members[name] = withIntegers(members[name]);
  return members;
}

/** Reading a string, feeding it and writing it again costs as much as this many numbers; names are strings. */
const VALUES_PER_STRING = 16;
const [SPACE, MINUS, NINE] = [0x20, 0x2d, 0x39] as const;
const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c] as const;
const [LIST, LIST_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d] as const;

/**
 * Throws ServiceError, 400, for a text over a limit. Counts brackets, commas and strings; the text need not be valid.
 */
export function requireModestJson(
  bytes: Uint8Array,
  { STUDY_NESTING_LIMIT: nestingLimit, STUDY_VALUES_LIMIT: valuesLimit }: JsonLimits,
): void {
  let nesting = 0;
  let values = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if ((byte >= MINUS && byte <= NINE) || byte === SPACE) continue; // of a number, as most bytes are
    if (byte === QUOTE) {
      at = endOfString(bytes, at);
      values += VALUES_PER_STRING;
    } else if (byte === COMMA) values += 1;
    else if (byte === LIST || byte === OBJECT) {
      values += 1;
      nesting += 1;
      if (nesting > nestingLimit)
        throw new ServiceError(400, `The JSON is nested deeper than ${nestingLimit} levels (STUDY_NESTING_LIMIT)`);
    } else if (byte === LIST_END || byte === OBJECT_END) nesting -= 1;
    if (values > valuesLimit)
      throw new ServiceError(400, `The JSON has more than ${valuesLimit} values (STUDY_VALUES_LIMIT)`);
  }
}

/** The place of the quote that ends the string which begins at `start`; the end of the text when none does. */
function endOfString(bytes: Uint8Array, start: number): number {
  for (let end = bytes.indexOf(QUOTE, start + 1); end !== -1; end = bytes.indexOf(QUOTE, end + 1)) {
    let escapes = end;
    while (bytes[escapes - 1] === BACKSLASH) escapes -= 1;
    if ((end - escapes) % 2 === 0) return end;
  }
  return bytes.length;
}
