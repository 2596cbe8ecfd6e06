import type { Socket } from 'node:net';

const PREFIX_BYTES = 4;

/** Messages as bytes on a TCP connection, each after its length. */
export class Frames {
  /** A longer one ends the connection. */
  limitBytes: number;
  readonly #socket: Socket;
  readonly #frames: Buffer[] = [];
  #chunks: Buffer[] = [];
  #bytes = 0;
  #end: Error | undefined;
  #wake: () => void = () => undefined;

  constructor(socket: Socket, limitBytes: number) {
    this.limitBytes = limitBytes;
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.#receive(chunk);
    });
    socket.on('error', ({ message }) => {
      this.#endWith(message);
    });
    socket.on('close', () => {
      this.#endWith('the connection was closed');
    });
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
      for (;;) {
        const frame = this.#frames.shift();
        if (frame !== undefined) return frame;
        if (this.#end !== undefined) throw this.#end;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      clearTimeout(late);
    }
  }

  close(why = 'the connection was closed'): void {
    this.#endWith(why);
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    for (let length = this.#length(); length !== undefined; length = this.#length()) {
      if (length > this.limitBytes) {
        this.close(`a message of ${length} bytes came, over the limit of ${this.limitBytes}`);
        return;
      }
      if (this.#bytes < PREFIX_BYTES + length) return;
      const all = Buffer.concat(this.#chunks);
      this.#frames.push(all.subarray(PREFIX_BYTES, PREFIX_BYTES + length));
      this.#chunks = [all.subarray(PREFIX_BYTES + length)];
      this.#bytes -= PREFIX_BYTES + length;
    }
    this.#wake();
  }

  /** Of the frame that has begun; undefined when that is not known yet. */
  #length(): number | undefined {
    if (this.#bytes < PREFIX_BYTES) return undefined;
    const [first = Buffer.alloc(0)] = this.#chunks;
    if (first.length < PREFIX_BYTES) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0]?.readUInt32BE();
  }

  #endWith(why: string): void {
    this.#end ??= new Error(why);
    this.#wake();
  }
}
