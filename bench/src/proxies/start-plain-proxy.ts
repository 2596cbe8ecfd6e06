import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { freePort } from '../contestants/index.js';
import { launchServer, type Launched } from '../process/index.js';

const ENTRY = fileURLToPath(new URL('./plain-process.js', import.meta.url));
const START_LIMIT_MS = 20_000;

/** A proxy that only passes on: what any proxy costs. */
export interface PlainProxy {
  readonly name: string;
  readonly url: string;
  readonly process: Launched;
}

export function hasNginx(): boolean {
  return spawnSync('nginx', ['-v'], { stdio: 'ignore' }).error === undefined;
}

/** `node:net`, `node:http` or Express in front of `origin`. */
export async function startPlainProxy(kind: 'relay' | 'http' | 'express', origin: string): Promise<PlainProxy> {
  const { server, ready: port } = await launchServer(
    { name: kind, command: process.execPath, args: [ENTRY, kind, origin] },
    (started) => started.waitForLine((line) => /^port (\d+)$/.exec(line)?.[1], START_LIMIT_MS),
  );
  return { name: kind, url: `http://127.0.0.1:${port}`, process: server };
}

/** nginx in front of `origin`: two workers, connections upstream kept. Its files go to `folder`. */
export async function startNginx(origin: string, folder: string): Promise<PlainProxy> {
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  await writeFile(
    file,
    `daemon off; worker_processes 2; pid ${join(folder, 'nginx.pid')}; error_log stderr;
events { worker_connections 1024; }
http {
  access_log off; client_max_body_size 100m; client_body_buffer_size 1m;
  ${paths.map((name) => `${name}_temp_path ${join(folder, name)};`).join(' ')}
  upstream serving { server ${new URL(origin).host}; keepalive 256; keepalive_requests 1000000; }
  server {
    listen 127.0.0.1:${port}; keepalive_requests 1000000;
    location / { proxy_pass http://serving; proxy_http_version 1.1; proxy_set_header Connection ""; }
  }
}
`,
  );
  const url = `http://127.0.0.1:${port}`;
  const { server } = await launchServer(
    { name: 'nginx', command: 'nginx', args: ['-c', file, '-p', folder] },
    (started) => started.waitUntil(async () => (await request(url)).body.dump(), START_LIMIT_MS),
  );
  return { name: 'nginx', url, process: server };
}
