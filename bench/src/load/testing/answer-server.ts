import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type AnswerServer = Awaited<ReturnType<typeof startAnswerServer>>;

/** A real HTTP server that answers with what `answer` returns; `body` is the request's text. */
export async function startAnswerServer(
  answer: (body: string, response: ServerResponse, request: IncomingMessage) => void,
) {
  const bodies: string[] = [];
  let [atOnce, mostAtOnce] = [0, 0];
  const server = createServer((request, response) => {
    atOnce++;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    response.on('close', () => {
      atOnce--;
    });
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      bodies.push(body);
      answer(body, response, request);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Of all requests so far, in the order of their arrival. */
    bodies,
    /** Most requests that were in it at once. */
    get mostAtOnce() {
      return mostAtOnce;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The right answer of `aRequest`. */
export const RIGHT = '{"predictions":[[1,2]]}';
