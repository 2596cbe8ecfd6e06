import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

export const HALF = {
  name: 'half_plus_two',
  basePath: fileURLToPath(new URL('../../conformance/models/half_plus_two', import.meta.url)),
};

interface Kind {
  readonly what: string;
  readonly status: number;
  readonly text: RegExp;
  readonly body: () => string | Buffer;
  /** The body is sent compressed. */
  readonly gzip?: true;
  /** What the stand-in says to it, where that is something else. */
  readonly standin?: { readonly status: number; readonly text: RegExp };
}

/** One small request each; what they cost without limits is in docs/limits.md. */
const KINDS: readonly Kind[] = [
  {
    what: 'lists nested deeper than TensorFlow has dimensions',
    status: 400,
    text: /STUDY_NESTING_LIMIT/,
    body: () => `{"instances":[${'['.repeat(260)}1${']'.repeat(260)}]}`,
    standin: { status: 400, text: /tensor parsing error: x/ },
  },
  {
    what: 'brackets without end',
    status: 400,
    text: /STUDY_NESTING_LIMIT/,
    body: () => '['.repeat(22_000_000),
    gzip: true,
    standin: { status: 400, text: /more than 10000 levels/ },
  },
  {
    what: 'more objects than memory',
    status: 400,
    text: /STUDY_VALUES_LIMIT/,
    body: () => `{"instances":[${'{},'.repeat(33_000_000)}`,
    gzip: true,
    standin: { status: 400, text: /^JSON Parse error/ },
  },
  {
    what: 'a body that inflates to more than the limit',
    status: 413,
    text: /STUDY_BODY_LIMIT_BYTES/,
    body: () => Buffer.alloc(300_000_000),
    gzip: true,
    standin: { status: 400, text: /The document is empty/ },
  },
  {
    what: 'ragged lists that seem to be the first of very many',
    status: 400,
    text: /no list at level|at incorrect level/,
    body: () => {
      let list: unknown = 0;
      for (let level = 0; level < 12; level += 1) list = [list, ...new Array<number>(60).fill(0)];
      return JSON.stringify({ inputs: list });
    },
  },
  {
    what: 'two rows of very many names',
    status: 400,
    text: /must be equal to: x$|does not have named input: n0$/,
    body: () => {
      const row = `{${Array.from({ length: 25_000 }, (_, at) => `"n${at}":0`).join()}}`;
      return `{"instances":[${row},${row}]}`;
    },
  },
  {
    what: 'a signature whose name is as long as the body',
    status: 400,
    text: /^Serving signature name: "a+/,
    body: () => `{"signature_name":"${'a'.repeat(16_000_000)}","instances":[1]}`,
  },
  {
    what: 'a text where a number belongs',
    status: 400,
    text: /not of expected type: float/,
    body: () => `{"instances":["${'\\u00e9'.repeat(2_000_000)}"]}`,
  },
];

export interface Attack extends Omit<Kind, 'body'> {
  /** What is sent as the body. It is made once: that takes longer than most answers. */
  readonly bytes: () => Buffer;
}

export const ATTACKS: readonly Attack[] = KINDS.map(({ body, ...kind }) => {
  let made: Buffer | undefined;
  return { ...kind, bytes: () => (made ??= kind.gzip === true ? gzipSync(body()) : Buffer.from(body())) };
});

/** No error text is longer. */
export const LONGEST_ANSWER_BYTES = 2 * 2 ** 20;
/** Ten times the largest body that is taken. */
export const MOST_GROWTH_MB = 1000;

/** The most memory that a process has had so far. */
export function peakMb(pid: number): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Sends a body; `gzip`: it is compressed. */
export async function post(url: string, body: string | Buffer, gzip = false): Promise<Answer> {
  const answer = await fetch(url, {
    method: 'POST',
    body,
    headers: gzip ? { 'content-encoding': 'gzip' } : {},
  });
  return { status: answer.status, text: await answer.text() };
}
