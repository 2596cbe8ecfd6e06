import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import { FAKE_RELEASE } from './fake-wheel.js';

/** How the index sends the wheel. */
export type Sending = 'whole' | 'half, then nothing' | 'half, then close';

export interface FakeIndex extends AsyncDisposable {
  readonly url: string;
  sending: Sending;
  /** What the index says the wheel's hash is; the true one unless set. */
  saysSha256: string | undefined;
  /** Requests for the wheel so far. */
  readonly downloads: number;
  /** Sends what 'half, then nothing' kept back. */
  finish(): void;
}

/** A package index with PyPI's JSON API that has one wheel, on a free port of this machine. For tests. */
export async function startFakeIndex(wheel: string): Promise<FakeIndex> {
  const bytes = await readFile(wheel);
  const half = bytes.length >> 1;
  const held: ServerResponse[] = [];
  const server = createServer((request, response) => {
    if (request.url === `/pypi/${FAKE_RELEASE.distribution}/${FAKE_RELEASE.version}/json`) {
      const sha256 = index.saysSha256 ?? createHash('sha256').update(bytes).digest('hex');
      response.end(JSON.stringify({ urls: [{ filename: basename(wheel), url: '/files/wheel', digests: { sha256 } }] }));
      return;
    }
    if (request.url !== '/files/wheel') {
      response.writeHead(404).end();
      return;
    }
    index.downloads += 1;
    response.writeHead(200, { 'content-length': bytes.length });
    if (index.sending === 'whole') response.end(bytes);
    else
      response.write(bytes.subarray(0, half), () => {
        if (index.sending === 'half, then close') response.destroy();
        else held.push(response);
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const index = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sending: 'whole' as Sending,
    saysSha256: undefined as string | undefined,
    downloads: 0,
    finish: () => {
      for (const response of held.splice(0)) response.end(bytes.subarray(half));
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return index;
}
