import type { Socket } from 'node:net';
import type { HeldRequest, RequestMemory } from '../../request-memory.js';
import { StatusError } from '../../status-error.js';
import type { Answer } from './answer.js';
import { bodyReader, type BodyReader } from './body-reader.js';
import { htmlPage } from './html-page.js';
import { refusal } from './refusal.js';
import { isHttp11, keepsAlive, parseRequestHead, type RequestHead } from './request-head.js';
import { parseRequestLine } from './request-line.js';
import { responseBytes, type AnsweredRequest } from './response-bytes.js';

/** A complete request. */
export interface HttpRequest {
  readonly head: RequestHead;
  readonly body: Buffer;
  /** Counts memory beside the body until the answer is sent. Throws StatusError when there is none left. */
  readonly takeMemory: (bytes: number) => void;
}

/** Answers a request, at once or later. Must not throw or reject. */
export type Handler = (request: HttpRequest) => Answer | Promise<Answer>;

const EMPTY = Buffer.alloc(0);
/** The real server takes headers of any length; this much is only ever sent by someone filling memory. */
const LONGEST_HEAD = 256 * 1024;
/** Pipelined bytes kept while a request is being answered, before the client has to wait. */
const LARGEST_BACKLOG = 1024 * 1024;
/** How long a client that got its last answer may take to close its side; and when the server closes. */
const LINGER_MS = 5000;
const LINGER_AT_CLOSE_MS = 1000;
const UNREADABLE: AnsweredRequest = {
  method: '',
  major: 1,
  minor: 1,
  proxied: false,
  connection: undefined,
  proxyConnection: undefined,
};
const METHODS = new Set(['GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']);

/**
 * One HTTP/1 connection with the manners of libevent's server: requests are answered one after another, the body of
 * `HEAD` answers is sent, malformed requests get an HTML page. Written on the socket itself because node:http refuses some
 * of what libevent takes, words its answers differently and costs a multiple of the time an answer takes to make.
 */
export class HttpConnection {
  readonly #socket: Socket;
  readonly #handler: Handler;
  readonly #memory: RequestMemory;
  /** The request under way, if it did not come in one piece or takes memory of its own. */
  #held: HeldRequest | undefined;
  #input: Buffer = EMPTY;
  #head: RequestHead | undefined;
  #body: BodyReader | undefined;
  #lastHead: { readonly bytes: Buffer; readonly head: RequestHead } | undefined;
  /** For an answer, or for the client to take what was sent. */
  #waiting = false;
  #inputEnded = false;
  #draining = false;

  constructor(socket: Socket, handler: Handler, memory: RequestMemory) {
    this.#socket = socket;
    this.#handler = handler;
    this.#memory = memory;
    socket.setNoDelay(true);
    socket.on('data', (bytes) => {
      this.#receive(bytes);
    });
    socket.on('end', () => {
      this.#inputEnded = true;
      if (!this.#waiting) this.#finish();
    });
    // A broken connection has nobody left to tell; 'close' follows.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#release();
    });
  }

  /**
   * Every answer from now on is the last one of the connection. One that is idle closes after `graceMs`: its client may have
   * sent a request that is still on its way.
   */
  drain(graceMs: number): void {
    this.#draining = true;
    setTimeout(() => {
      if (!this.#waiting && this.#body === undefined) this.#finish();
    }, graceMs);
  }

  /** Closes when all answers are sent. What the client still sends is read and dropped, so that it sees them. */
  #finish(): void {
    const socket = this.#socket;
    this.#input = EMPTY;
    this.#body = undefined;
    if (!socket.writable) return;
    socket.end(() => {
      // Not a time without a word: a client that goes on sending would be read for ever.
      const linger = setTimeout(() => socket.destroy(), this.#draining ? LINGER_AT_CLOSE_MS : LINGER_MS);
      socket.once('close', () => {
        clearTimeout(linger);
      });
    });
    socket.resume();
  }

  /** Counts bytes of the request under way. Refuses it and answers false when there is no room for them. */
  #take(request: AnsweredRequest, bytes: number): boolean {
    try {
      this.#hold().add(bytes);
      return true;
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      this.#send(request, refusal(429, error.message));
      return false;
    }
  }

  #hold(): HeldRequest {
    return (this.#held ??= this.#memory.begin(({ code, message }) => {
      const head = this.#body === undefined ? undefined : this.#head;
      this.#send(head ?? UNREADABLE, refusal(code === 'DEADLINE_EXCEEDED' ? 408 : 429, message));
    }));
  }

  #release(): void {
    this.#held?.release();
    this.#held = undefined;
  }

  #receive(bytes: Buffer): void {
    if (!this.#socket.writable) return;
    this.#input = this.#input.length === 0 ? bytes : Buffer.concat([this.#input, bytes]);
    if (!this.#waiting) this.#proceed();
    else if (this.#input.length > LARGEST_BACKLOG) this.#socket.pause();
  }

  /** Reads requests and answers them until bytes are missing or something takes its time. */
  #proceed(): void {
    while (!this.#waiting && this.#socket.writable) {
      if (this.#body === undefined && !this.#readHead()) break;
      const { head, body } = { head: this.#head, body: this.#body };
      if (head === undefined || body === undefined) break;
      const { length } = this.#input;
      this.#input = body.read(this.#input);
      const { requestBytes } = this.#memory.limits;
      if (body.malformed) this.#send(head, htmlPage(413));
      else if (body.announcedBytes > requestBytes)
        this.#send(head, refusal(413, `the body has more than ${requestBytes} bytes`));
      else if (!body.done) {
        this.#take(head, length - this.#input.length);
        break;
      } else if (this.#held === undefined || this.#take(head, length - this.#input.length)) {
        this.#body = undefined;
        this.#held?.arrived();
        this.#answer({
          head,
          body: body.body(),
          takeMemory: (bytes) => {
            this.#hold().arrived();
            this.#hold().add(bytes);
          },
        });
      }
    }
    if (this.#waiting) return;
    if (this.#inputEnded) this.#finish();
    else if (this.#socket.isPaused()) this.#socket.resume();
  }

  /** False when bytes are missing or the request was refused. */
  #readHead(): boolean {
    const end = headEnd(this.#input);
    if (end === undefined) {
      if (this.#input.length > LONGEST_HEAD || startsBadly(this.#input)) this.#send(UNREADABLE, htmlPage(400));
      else if (this.#input.length > 0) this.#hold();
      return false;
    }
    const head = this.#parsedHead(this.#input.subarray(0, end.text));
    const body = head === undefined || head.malformed ? undefined : bodyReader(head);
    if (head === undefined || body === undefined) {
      this.#send(head ?? UNREADABLE, htmlPage(400));
      return false;
    }
    this.#input = this.#input.subarray(end.next);
    if (head.expect !== undefined && isHttp11(head) && !body.done && !this.#meetExpectation(head)) return false;
    // The body has its own time.
    if (!body.done) this.#release();
    this.#head = head;
    this.#body = body;
    return true;
  }

  /** Clients repeat themselves: the head of the request before is not parsed again. */
  #parsedHead(bytes: Buffer): RequestHead | undefined {
    if (this.#lastHead?.bytes.equals(bytes) === true) return this.#lastHead.head;
    const head = parseRequestHead(bytes.toString('latin1'));
    this.#lastHead = head === undefined ? undefined : { bytes: Buffer.from(bytes), head };
    return head;
  }

  /** As libevent: the interim answer is sent only when the client really waits for it. */
  #meetExpectation(head: RequestHead): boolean {
    if (head.expect?.toLowerCase() !== '100-continue') {
      this.#send(head, htmlPage(417));
      return false;
    }
    if (this.#input.length === 0) this.#socket.write(`HTTP/1.${head.minor} 100 Continue\r\n\r\n`);
    return true;
  }

  #answer(request: HttpRequest): void {
    const { head } = request;
    let answer: Answer | Promise<Answer>;
    if (!METHODS.has(head.method)) answer = htmlPage(501);
    else answer = head.validTarget ? this.#handler(request) : htmlPage(400);
    if (!(answer instanceof Promise)) {
      this.#send(head, answer);
      return;
    }
    this.#waiting = true;
    void answer.then((later) => {
      this.#waiting = false;
      this.#send(head, later);
      this.#proceed();
    });
  }

  #send(asked: AnsweredRequest, answer: Answer): void {
    const socket = this.#socket;
    if (!socket.writable) return;
    const request = this.#draining ? { ...asked, connection: 'close', proxyConnection: 'close' } : asked;
    let flushed = true;
    for (const bytes of responseBytes(request, answer)) flushed = socket.write(bytes);
    const closes = answer.headers.includes('Connection: close') || !keepsAlive(request);
    // A body behind the headers of a HEAD answer would be taken for the next answer.
    if (closes || request.method === 'HEAD') this.#finish();
    if (flushed) {
      this.#release();
      return;
    }
    this.#waiting = true;
    const unread = this.#dropWhenUnread();
    socket.once('drain', () => {
      clearInterval(unread);
      this.#waiting = false;
      this.#release();
      this.#proceed();
    });
  }

  /** An answer of which nothing is read for the time that a request may take ends its connection. */
  #dropWhenUnread(): NodeJS.Timeout {
    const socket = this.#socket;
    let before = -1;
    const look = setInterval(() => {
      if (socket.bytesWritten - socket.writableLength === before) socket.destroy();
      before = socket.bytesWritten - socket.writableLength;
    }, this.#memory.limits.timeoutMs);
    socket.once('close', () => {
      clearInterval(look);
    });
    return look;
  }
}

const CRLF_END = Buffer.from('\n\r\n');
const LF_END = Buffer.from('\n\n');

/** Where the request line and headers end, and where the body starts. Lines may end with LF alone. */
function headEnd(input: Buffer): { readonly text: number; readonly next: number } | undefined {
  const crlf = input.indexOf(CRLF_END);
  const lf = (crlf < 0 ? input : input.subarray(0, crlf + 1)).indexOf(LF_END);
  if (lf >= 0) return { text: lf, next: lf + 2 };
  return crlf < 0 ? undefined : { text: crlf, next: crlf + 3 };
}

/** Whether a complete first line already shows that this is no request. */
function startsBadly(input: Buffer): boolean {
  const lineEnd = input.indexOf(0x0a);
  return lineEnd >= 0 && parseRequestLine(input.toString('latin1', 0, lineEnd).replace(/\r$/, '')) === undefined;
}
