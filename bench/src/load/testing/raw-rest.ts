import type { Socket } from 'node:net';
import { startRawServer, type RawServer } from './raw-server.js';

/** A server that writes what the test says, byte for byte, in answer to each request; `index` counts them from 0. */
export function startRawRest(answer: (body: string, socket: Socket, index: number) => void): Promise<RawServer> {
  let requests = 0;
  return startRawServer((socket) => {
    let received = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      received += text;
      for (;;) {
        const head = /^[^]*?\r\ncontent-length: (\d+)[^]*?\r\n\r\n/.exec(received);
        const end = (head?.[0].length ?? 0) + Number(head?.[1]);
        if (head === null || received.length < end) return;
        const body = received.slice(head[0].length, end);
        received = received.slice(end);
        answer(body, socket, requests++);
      }
    });
  });
}

/** An HTTP/1.1 response with a content-length. */
export function response(body: string, head = ''): string {
  return `HTTP/1.1 200 OK\r\n${head}content-length: ${body.length}\r\n\r\n${body}`;
}
