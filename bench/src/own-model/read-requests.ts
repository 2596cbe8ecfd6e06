import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { jsonIn } from '../words/json.js';

/** One recorded body, and where it stands in the file. */
export interface RecordedRequest {
  /** `requests.jsonl line 3`. */
  readonly where: string;
  readonly body: Buffer;
}

/** More than this is a log, not a sample of requests. */
export const MOST_BYTES = 64 * 2 ** 20;

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const OPENING = new Set(Buffer.from('[{'));
const CLOSING = new Set(Buffer.from(']}'));

/**
 * Reads bodies of predict requests: JSON lines with one in each line, one body, or a list of bodies. Bytes are kept as they
 * are, since JSON.parse would round long integers. @throws Error that names file and line for what is no JSON, and for a file
 * that is empty or too large.
 */
export async function readRequests(file: string): Promise<RecordedRequest[]> {
  const bytes = await readLimited(file);
  const name = basename(file);
  const text = bytes.toString('utf8').trim();
  if (text === '')
    throw new Error(`--requests ${file} is empty: it takes bodies of predict requests, one in each line`);
  // What is not one JSON text is JSON lines, or a mistake.
  const whole = jsonIn(text);
  if (Array.isArray(whole)) {
    const bodies = itemsOf(Buffer.from(text));
    if (whole.length === 0) throw new Error(`--requests ${file}: its list is empty`);
    return bodies.map((body, at) => ({ where: `${name} item ${at + 1}`, body }));
  }
  if (whole !== undefined) return [{ where: name, body: Buffer.from(text) }];
  return bytes
    .toString('utf8')
    .split('\n')
    .map((line, at) => ({ where: `${name} line ${at + 1}`, body: Buffer.from(line.trim()) }))
    .filter(({ body }) => body.length > 0)
    .map((request) => {
      mustBeJson(request);
      return request;
    });
}

async function readLimited(file: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  const stream = createReadStream(file);
  try {
    for await (const part of stream as AsyncIterable<Buffer>) {
      length += part.length;
      if (length > MOST_BYTES)
        throw new Error(
          `--requests ${file} has more than ${MOST_BYTES / 2 ** 20} MiB: give a part of it, e.g. its first lines (head -n 1000)`,
        );
      parts.push(part);
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    throw new Error(`--requests ${file} cannot be read (${code})`, { cause });
  }
  const bytes = Buffer.concat(parts);
  const hasMark = bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]));
  return hasMark ? bytes.subarray(3) : bytes;
}

/** TensorFlow Serving takes NaN and Infinity too, which JSON.parse refuses: those are judged with the signature. */
function mustBeJson({ where, body }: RecordedRequest): void {
  const text = body.toString('utf8');
  if (/NaN|Infinity/.test(text)) return;
  try {
    JSON.parse(text);
  } catch (cause) {
    throw new Error(`${where} is no JSON`, { cause });
  }
}

/** The items of a list that is known to be JSON, byte by byte. */
function itemsOf(list: Buffer): Buffer[] {
  const items: Buffer[] = [];
  let [depth, from] = [0, 1];
  for (let at = 0; at < list.length; at += 1) {
    const byte = list[at] ?? 0;
    if (byte === QUOTE) {
      for (at += 1; list[at] !== QUOTE; at += 1) if (list[at] === BACKSLASH) at += 1;
    } else if (OPENING.has(byte)) depth += 1;
    else if (CLOSING.has(byte)) depth -= 1;
    if ((byte === COMMA && depth === 1) || depth === 0) {
      items.push(Buffer.from(list.subarray(from, at).toString('utf8').trim()));
      from = at + 1;
    }
  }
  return items;
}
