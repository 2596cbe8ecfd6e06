import type { Socket, SocketEvents } from '../net/index.js';

const END_OF_HEAD = '\r\n\r\n';
const EMPTY = Buffer.alloc(0);

/** Answers every HTTP/1.1 request with the same JSON the moment its body is whole: no more of HTTP than the driver speaks. */
export function instantRest(body: Buffer): (socket: Socket) => SocketEvents {
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}${END_OF_HEAD}`;
  const answer = Buffer.concat([Buffer.from(head), body]);
  return (socket) => {
    let held = EMPTY;
    /** What is missing of the request whose head has come. */
    let missingBytes = 0;

    /** The bytes behind the head, or undefined when it is not whole. */
    function readHead(bytes: Buffer): Buffer | undefined {
      const all = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
      const end = all.indexOf(END_OF_HEAD);
      held = end === -1 ? Buffer.from(all) : EMPTY;
      if (end === -1) return undefined;
      missingBytes = Number(/\r\ncontent-length: (\d+)/.exec(all.toString('latin1', 0, end))?.[1] ?? 0);
      return all.subarray(end + END_OF_HEAD.length);
    }
    const close = (): void => {
      socket.close();
    };
    return {
      onBytes(bytes) {
        let rest: Buffer | undefined = bytes;
        do {
          if (missingBytes === 0) rest = readHead(rest);
          if (rest === undefined) return;
          const taken = Math.min(missingBytes, rest.length);
          missingBytes -= taken;
          rest = rest.subarray(taken);
          if (missingBytes === 0) socket.send(answer);
        } while (rest.length > 0);
      },
      onEnd: close,
      onError: close,
    };
  };
}
