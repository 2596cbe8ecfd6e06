import type { Socket } from 'node:net';

const PREFIX_BYTES = 4;
const CLOSED = 'the connection was closed';

/** Messages as bytes on a TCP connection, each after its length. It is read while somebody waits for the next. */
export class Frames {
  /** A longer one ends the connection. */
  limitBytes: number;
  readonly #socket: Socket;
  readonly #frames: AsyncIterator<Buffer, undefined>;

  constructor(socket: Socket, limitBytes: number) {
    this.limitBytes = limitBytes;
    // What is wrong is told to whoever waits for the next one.
    this.#socket = socket.setNoDelay(true).on('error', () => undefined);
    this.#frames = this.#read();
  }

  /** Resolves when the operating system has taken it, or the connection is over. */
  send(frame: Uint8Array): Promise<void> {
    const prefix = Buffer.alloc(PREFIX_BYTES);
    prefix.writeUInt32BE(frame.length);
    this.#socket.cork();
    this.#socket.write(prefix);
    const sent = new Promise<void>((resolve) => {
      this.#socket.write(frame, () => {
        resolve();
      });
    });
    this.#socket.uncork();
    return sent;
  }

  /** The next one. Rejects when the connection ends before; `limitMs`: also when it takes longer. */
  async next(limitMs?: number): Promise<Buffer> {
    const giveUp = (): void => {
      this.close(`no answer within ${(limitMs ?? 0) / 1e3} s`);
    };
    const late = limitMs === undefined ? undefined : setTimeout(giveUp, limitMs);
    try {
      const { value } = await this.#frames.next();
      if (value === undefined) throw new Error(CLOSED);
      return value;
    } finally {
      clearTimeout(late);
    }
  }

  close(why = CLOSED): void {
    this.#socket.destroy(new Error(why));
  }

  async *#read(): AsyncGenerator<Buffer, undefined> {
    let [held, bytes]: [Buffer[], number] = [[], 0];
    /** Of the frame that has begun. */
    let length: number | undefined;
    for await (const chunk of this.#socket as AsyncIterable<Buffer>) {
      held.push(chunk);
      bytes += chunk.length;
      for (let size = length ?? PREFIX_BYTES; bytes >= size; size = length ?? PREFIX_BYTES) {
        const all = Buffer.concat(held);
        held = [all.subarray(size)];
        bytes -= size;
        if (length === undefined) {
          length = all.readUInt32BE();
          if (length > this.limitBytes)
            throw new Error(`a message of ${length} bytes came, over the limit of ${this.limitBytes}`);
        } else {
          length = undefined;
          yield all.subarray(0, size);
        }
      }
    }
    return undefined;
  }
}
