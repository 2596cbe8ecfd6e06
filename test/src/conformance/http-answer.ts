import type { Socket } from 'node:net';

/** An HTTP/1 response as it was on the wire. */
export interface HttpAnswer {
  readonly status: number;
  readonly reason: string;
  /** All, in order, with the names as sent. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  /** Status lines of the 1xx answers before it. */
  readonly interim: readonly string[];
}

/** How long a body without a length may pause before it counts as complete (an answer to HEAD leaves the connection open). */
const QUIET_MS = 150;

interface Head {
  status: number;
  reason: string;
  headers: [string, string][];
  interim: string[];
  /** Where the body starts. */
  end: number;
}

/**
 * Reads one response from a socket. Undefined when nothing complete came within `timeoutMs`, or when the connection was
 * closed before a status line. `fetch` and node:http hide what matters here: order and spelling of the headers, the
 * reason phrase, interim answers, and the body that TensorFlow Serving sends to HEAD.
 */
export function readHttpAnswer(socket: Socket, toHead: boolean, timeoutMs: number): Promise<HttpAnswer | undefined> {
  return new Promise((resolve) => {
    let received = Buffer.alloc(0);
    let quiet: NodeJS.Timeout | undefined;
    const limit = setTimeout(() => {
      finish(undefined);
    }, timeoutMs);
    const finish = (answer: HttpAnswer | undefined): void => {
      clearTimeout(limit);
      clearTimeout(quiet);
      socket.destroy();
      resolve(answer);
    };
    const tryToFinish = (closed: boolean): void => {
      const head = headOf(received);
      if (head === undefined) {
        if (closed) finish(undefined);
        return;
      }
      const body = bodyOf(head, received.subarray(head.end), toHead, closed);
      if (body !== undefined)
        finish({ status: head.status, reason: head.reason, headers: head.headers, interim: head.interim, body });
      else if (!closed) {
        clearTimeout(quiet);
        if (toHead) quiet = setTimeout(tryToFinish, QUIET_MS, true);
      }
    };
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      tryToFinish(false);
    });
    socket.on('end', () => {
      tryToFinish(true);
    });
    socket.on('error', () => {
      tryToFinish(true);
    });
    socket.on('close', () => {
      tryToFinish(true);
      finish(undefined);
    });
  });
}

function headOf(received: Buffer): Head | undefined {
  const interim: string[] = [];
  let start = 0;
  for (;;) {
    const end = received.indexOf('\r\n\r\n', start);
    if (end < 0) return undefined;
    const [statusLine = '', ...lines] = received.toString('latin1', start, end).split('\r\n');
    const [, status = '0', reason = ''] = /^HTTP\/\d\.\d (\d+) ?(.*)$/.exec(statusLine) ?? [];
    start = end + 4;
    if (status.startsWith('1')) interim.push(statusLine);
    else return { status: Number(status), reason, headers: lines.map(headerOf), interim, end: start };
  }
}

function headerOf(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}

/** The complete body, or undefined while some of it is missing. */
function bodyOf(head: Head, rest: Buffer, toHead: boolean, closed: boolean): Buffer | undefined {
  const header = (name: string): string | undefined => head.headers.find(([key]) => key.toLowerCase() === name)?.[1];
  if (toHead) return closed ? rest : undefined;
  if (header('transfer-encoding')?.includes('chunked') === true) return dechunked(rest);
  const length = header('content-length');
  if (length === undefined) return closed ? rest : undefined;
  return rest.length >= Number(length) || closed ? rest.subarray(0, Number(length)) : undefined;
}

function dechunked(rest: Buffer): Buffer | undefined {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = rest.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(rest.toString('latin1', at, lineEnd), 16);
    if (size === 0) return Buffer.concat(chunks);
    if (Number.isNaN(size) || rest.length < lineEnd + 4 + size) return undefined;
    chunks.push(rest.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 4 + size;
  }
}
