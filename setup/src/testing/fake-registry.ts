import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { digestOf } from './fake-image.js';

const NAME = '/v2/tensorflow/serving';
const TOKEN = 'a token for anyone';

/** What the next request for a blob meets. Each is met once. */
export type BlobFault = 'cut' | 'damaged' | 'no answer' | { readonly retryAfter: string };

export interface FakeRegistry extends AsyncDisposable {
  readonly url: string;
  /** `GET path`, with `Range` where one was sent, in order. */
  readonly requests: readonly string[];
  /** Authorization headers that reached the blob store, which has another address. */
  readonly leaked: readonly string[];
  readonly blobFaults: BlobFault[];
  /** Makes the tag 2.20.0 an image of these layers; returns the digest of its index. */
  serve(layers: readonly Buffer[], architecture?: string): string;
  /** Makes a tag or a digest these bytes; default: the tag 2.20.0. */
  serveManifest(bytes: Buffer, reference?: string): void;
}

/** A registry that gives tokens to anyone and sends blobs from a store of another address, on free ports. For tests. */
export async function startFakeRegistry(): Promise<FakeRegistry> {
  const stored = new Map<string, Buffer>();
  const put = (bytes: Buffer): { digest: string; size: number } => {
    stored.set(digestOf(bytes), bytes);
    return { digest: digestOf(bytes), size: bytes.length };
  };
  const requests: string[] = [];
  const leaked: string[] = [];
  const blobFaults: BlobFault[] = [];
  const note = ({ url, headers }: IncomingMessage): void => {
    requests.push([`GET ${url ?? ''}`, ...(headers.range === undefined ? [] : [headers.range])].join(' '));
  };
  const store = await listen((request, response) => {
    note(request);
    if (request.headers.authorization !== undefined) leaked.push(request.headers.authorization);
    const bytes = stored.get(request.url?.slice(1) ?? '');
    if (bytes === undefined) response.writeHead(404).end();
    else sendBlob(bytes, request, response, blobFaults.shift());
  });
  const registry = await listen((request, response) => {
    note(request);
    const path = request.url ?? '';
    if (path.startsWith('/token')) {
      response.end(JSON.stringify({ token: TOKEN }));
    } else if (request.headers.authorization !== `Bearer ${TOKEN}`) {
      const realm = `Bearer realm="${registry.url}/token",service="fake",scope="repository:tensorflow/serving:pull"`;
      response.writeHead(401, { 'www-authenticate': realm }).end();
    } else if (path.startsWith(`${NAME}/blobs/`)) {
      response.writeHead(307, { location: `${store.url}/${path.slice(`${NAME}/blobs/`.length)}` }).end();
    } else {
      const bytes = stored.get(path.slice(`${NAME}/manifests/`.length));
      // In two parts, so without Content-Length.
      response.writeHead(bytes === undefined ? 404 : 200).write(bytes?.subarray(0, 1) ?? '-');
      response.end(bytes?.subarray(1));
    }
  });
  return {
    url: registry.url,
    requests,
    leaked,
    blobFaults,
    serve(layers, architecture = 'amd64') {
      const manifest = {
        layers: layers.map((layer) => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', ...put(layer) })),
      };
      const mediaType = 'application/vnd.oci.image.manifest.v1+json';
      const platform = { os: 'linux', architecture };
      const index = Buffer.from(
        JSON.stringify({ manifests: [{ mediaType, platform, ...put(Buffer.from(JSON.stringify(manifest))) }] }),
      );
      stored.set('2.20.0', index);
      return put(index).digest;
    },
    serveManifest: (bytes, reference = '2.20.0') => stored.set(reference, bytes),
    async [Symbol.asyncDispose]() {
      await Promise.all([store.close(), registry.close()]);
    },
  };
}

function sendBlob(
  bytes: Buffer,
  request: IncomingMessage,
  response: ServerResponse,
  fault: BlobFault | undefined,
): void {
  if (fault === 'no answer') {
    response.destroy();
    return;
  }
  if (typeof fault === 'object') {
    response.writeHead(429, { 'retry-after': fault.retryAfter }).end();
    return;
  }
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const body = Buffer.from(bytes.subarray(from));
  if (fault === 'damaged') body.fill(0, 0, 8);
  const range = { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` };
  response.writeHead(from > 0 ? 206 : 200, { 'content-length': body.length, ...(from > 0 ? range : {}) });
  if (fault === 'cut') response.write(body.subarray(0, body.length >> 1), () => response.destroy());
  else response.end(body);
}

async function listen(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server: Server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
