import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as zlib from 'node:zlib';
import { cacheLayout, type CacheLayout } from '@serving-study/runtime';
import { runCommand } from '../provision/run-command.js';
import { digestOf, FAKE_PROGRAM, fakeLayer, headerOnly, zstdFrame } from '../testing/fake-image.js';
import { startFakeRegistry, type FakeRegistry } from '../testing/fake-registry.js';
import { fetchServing, type FetchOptions } from './fetch-serving.js';
import { findFetched, type FetchedServing } from './fetched-serving.js';

const PLAIN = await fakeLayer({ 'usr/bin/tensorflow_model_server': FAKE_PROGRAM });
const CLI = fileURLToPath(new URL('../cli.js', import.meta.url));
const VERSION = 'TensorFlow ModelServer: 9.9.9, TensorFlow Library: 9.9.9';

interface Bench {
  readonly layout: CacheLayout;
  readonly registry: FakeRegistry;
  readonly said: string[];
  readonly fetch: (options?: Partial<FetchOptions>) => Promise<FetchedServing>;
  /** Fails with the message, and leaves nothing that a later run takes for whole. */
  readonly fails: (message: RegExp, options?: Partial<FetchOptions>) => Promise<void>;
  /** Requests for blobs so far. */
  readonly blobRequests: () => string[];
}

async function bench(use: (bench: Bench) => Promise<void>): Promise<void> {
  const layout = cacheLayout(await mkdtemp(join(tmpdir(), 'tfserving-fetch-')));
  await using registry = await startFakeRegistry();
  const said: string[] = [];
  const fetch = (options: Partial<FetchOptions> = {}): Promise<FetchedServing> =>
    fetchServing({
      layout,
      image: undefined,
      registry: registry.url,
      digest: undefined,
      platform: 'linux',
      arch: 'x64',
      environment: process.env,
      signal: new AbortController().signal,
      say: (text) => said.push(text),
      show: () => undefined,
      ...options,
    });
  const fails = async (message: RegExp, options: Partial<FetchOptions> = {}): Promise<void> => {
    await assert.rejects(fetch(options), (error: Error) => {
      assert.match(error.message, message);
      assert.ok(!error.message.includes('\n'), 'one sentence');
      return true;
    });
    assert.equal(await findFetched(layout), undefined);
    const left = await readdir(layout.tfserving).catch(() => []);
    assert.deepEqual(
      left.filter((name) => !['lock', 'blobs', 'staging'].includes(name)),
      [],
    );
    assert.deepEqual(await readdir(join(layout.tfserving, 'staging')).catch(() => []), []);
  };
  const blobRequests = (): string[] => registry.requests.filter((request) => request.startsWith('GET /sha256:'));
  try {
    await use({ layout, registry, said, fetch, fails, blobRequests });
  } finally {
    await rm(layout.root, { recursive: true, force: true });
  }
}

/** A proxy that takes whatever host it is asked for to be at `port`, and notes the host. Its address has no scheme. */
async function startProxy(port: string, asked: string[]): Promise<AsyncDisposable & { readonly address: string }> {
  const proxy = createHttpServer().listen(0, '127.0.0.1');
  proxy.on('connect', ({ url = '' }, socket, head) => {
    asked.push(url);
    const target = connect(Number(port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      target.write(head);
      target.pipe(socket).pipe(target);
    });
    for (const end of [socket, target]) end.on('error', () => undefined);
  });
  await once(proxy, 'listening');
  return {
    address: `127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]();
    },
  };
}

describe('tfserving:fetch', { concurrency: true }, () => {
  it('gets a token, follows redirects without it, stacks the layers, and asks for nothing the second time', () =>
    bench(async ({ layout, registry, fetch, blobRequests }) => {
      const digest = registry.serve([
        await fakeLayer({
          'usr/bin/': { type: 'directory' },
          bin: '-> usr/bin',
          'usr/bin/tensorflow_model_server': '#!/bin/sh\necho an old one\n',
          'opt/old/model_server': 'an old one',
          'usr/local/bin/tensorflow_model_server': 'wiped out above',
          'dev/null': { type: 'character-device' },
        }),
        await fakeLayer({
          'usr/local/bin/.wh.tensorflow_model_server': '',
          'opt/old/.wh..wh..opq': '',
          'opt/serving/model_server': FAKE_PROGRAM,
          'opt/serving/again': { type: 'link', linkname: 'opt/serving/model_server' },
          'bin/tensorflow_model_server': '-> ../../../opt/serving/again',
        }),
      ]);
      const fetched = await fetch();
      assert.equal(fetched.version, VERSION);
      assert.equal(fetched.digest, digest);
      assert.equal(fetched.image, `${new URL(registry.url).host}/tensorflow/serving:2.20.0`);
      assert.equal(await readFile(join(layout.tfserving, fetched.program), 'utf8'), FAKE_PROGRAM);
      assert.equal(blobRequests().length, 2);
      assert.deepEqual(registry.leaked, [], 'no token for the blob store');
      const requests = registry.requests.length;
      assert.deepEqual(await fetch(), fetched);
      assert.deepEqual(await fetch({ registry: undefined }), fetched, 'any that is there, when none is named');
      assert.equal(registry.requests.length, requests);
    }));

  it('runs a linked program by the loader and the libraries of its image', () =>
    bench(async ({ layout, registry, fetch }) => {
      const library = '/lib/x86_64-linux-gnu/libc.so.6';
      registry.serve([
        await fakeLayer({
          lib64: '-> usr/lib64',
          'usr/lib64/ld-linux-x86-64.so.2': '-> /usr/lib/loader.so',
          'usr/lib/loader.so': await readFile('/lib64/ld-linux-x86-64.so.2'),
          'usr/lib/x86_64-linux-gnu/libc.so.6': await readFile(library),
          'usr/lib/x86_64-linux-gnu/libm.so.6': 'not needed',
          'usr/bin/tensorflow_model_server': await readFile('/bin/cat'),
        }),
      ]);
      const { program, version } = await fetch();
      assert.match(version, /^cat /);
      const folder = join(layout.tfserving, program, '..');
      assert.deepEqual((await readdir(join(folder, 'lib'))).sort(), ['ld-linux-x86-64.so.2', 'libc.so.6']);
      const maps = await runCommand(join(layout.tfserving, program), ['/proc/self/maps']);
      assert.ok(maps.started && maps.stdout.includes(join(folder, 'lib', 'libc.so.6')));
    }));

  it('waits as long as a busy registry asks, and not for an hour', () =>
    bench(async ({ registry, said, fetch, fails }) => {
      registry.serve([PLAIN]);
      registry.blobFaults.push({ retryAfter: '3600' });
      await fails(/is busy and asks for a pause of 3600 s/);
      registry.blobFaults.push({ retryAfter: '0' });
      assert.equal((await fetch()).version, VERSION);
      assert.match(said.join(), /is not ready \(status 429\): trying again in 0 s/);
    }));

  it('goes on where a download was cut', () =>
    bench(async ({ registry, fetch, blobRequests }) => {
      registry.serve([PLAIN]);
      registry.blobFaults.push('cut');
      assert.equal((await fetch()).version, VERSION);
      assert.match(blobRequests()[1] ?? '', /bytes=[1-9]\d*-$/);
    }));

  it('tries again when a connection to the registry breaks', () =>
    bench(async ({ registry, said, fetch }) => {
      registry.serve([PLAIN]);
      registry.blobFaults.push('no answer');
      assert.equal((await fetch()).version, VERSION);
      assert.match(said.join(), /is not ready \(.*\): trying again in 1 s/);
    }));

  it('asks by the proxy that the usual variables name', () =>
    bench(async ({ registry, fetch, fails }) => {
      registry.serve([PLAIN]);
      const asked: string[] = [];
      await using proxy = await startProxy(new URL(registry.url).port, asked);
      const options = { registry: 'http://registry.test', image: 'tensorflow/serving:2.20.0' };
      const environment = { ...process.env, no_proxy: '127.0.0.1' };
      await fails(/the variable http_proxy is no address of a proxy: "\["/, {
        ...options,
        environment: { ...environment, http_proxy: '[' },
      });
      const fetched = await fetch({ ...options, environment: { ...environment, HTTP_PROXY: proxy.address } });
      assert.equal(fetched.image, 'registry.test/tensorflow/serving:2.20.0');
      assert.ok(asked.length > 0 && asked.every((host) => host.startsWith('registry.test')), asked.join());
    }));

  it('fetches again what was damaged later', () =>
    bench(async ({ layout, registry, fetch, blobRequests }) => {
      registry.serve([PLAIN]);
      const { program } = await fetch();
      await writeFile(join(layout.tfserving, program), '');
      await fetch();
      assert.equal(await readFile(join(layout.tfserving, program), 'utf8'), FAKE_PROGRAM);
      assert.equal(blobRequests().length, 1, 'the layer is here');
    }));

  it('goes on in a later run', () =>
    bench(async ({ registry, fetch, fails, blobRequests }) => {
      registry.serve([PLAIN]);
      registry.blobFaults.push('cut', { retryAfter: '3600' });
      await fails(/asks for a pause/);
      assert.equal((await fetch()).version, VERSION);
      assert.match(blobRequests()[2] ?? '', /bytes=[1-9]\d*-$/);
    }));

  it('refuses what is not what its digest says', () =>
    bench(async ({ registry, fetch, fails }) => {
      const digest = registry.serve([PLAIN]);
      registry.blobFaults.push('damaged');
      await fails(/sent the layer sha256:\w+ where sha256:\w+ was asked for/);
      const other = digestOf(Buffer.from('another'));
      await fails(/has no tensorflow\/serving@sha256/, { digest: other });
      await fails(/is not a digest/, { digest: 'sha256:1' });
      await fails(/"host\/path" has a path, which belongs in front of the image's name/, { registry: 'host/path' });
      assert.equal((await fetch({ digest })).digest, digest);
    }));

  it('says so when the image has nothing for this machine', () =>
    bench(async ({ registry, fails }) => {
      registry.serve([PLAIN], 'arm64');
      await fails(/nothing for linux\/amd64, only linux\/arm64$/);
      await fails(/no official TensorFlow Serving for linux on arm64.*--tfserving-url/, { arch: 'arm64' });
      await fails(/has no tensorflow\/serving:9$/, { image: 'tensorflow/serving:9' });
    }));

  it('reads layers compressed with zstd where Node does, and says so where it does not', () =>
    bench(async ({ registry, fetch, fails }) => {
      registry.serve([zstdFrame(zlib.gunzipSync(PLAIN))]);
      if ('createZstdDecompress' in zlib) assert.equal((await fetch()).version, VERSION);
      else await fails(/is compressed with zstd, which Node reads from version 22\.15 on$/);
    }));

  it('refuses a manifest that is not what its digest says', () =>
    bench(async ({ registry, fails }) => {
      const digest = `sha256:${'0'.repeat(64)}`;
      const listed = { mediaType: '', digest, size: 2, platform: { os: 'linux', architecture: 'amd64' } };
      registry.serveManifest(Buffer.from(JSON.stringify({ manifests: [listed] })));
      registry.serveManifest(Buffer.from('{}'), digest);
      const why = /^the registry sent the manifest sha256:44136fa\w+ where sha256:0{64} was asked for$/;
      await fails(why);
      await fails(why, { digest });
    }));

  it('refuses manifests that are none', () =>
    bench(async ({ registry, fails }) => {
      for (const [manifest, message] of [
        ['<html>', /is no JSON: is that the address of a registry\?/],
        ['{}', /lists no layers/],
        [`{"layers":[{"mediaType":"","digest":"sha256:${'0'.repeat(64)}","size":-1}]}`, /lists no layers/],
        [' '.repeat(5 * 2 ** 20), /has over 4 MiB: it is no manifest/],
      ] as const) {
        registry.serveManifest(Buffer.from(manifest));
        await fails(message);
      }
    }));

  it('refuses layers that no image should have', () =>
    bench(async ({ registry, fails }) => {
      const refused: [Buffer, RegExp][] = [
        [
          await fakeLayer({ 'usr/../../etc/x': 'x' }),
          /it holds the path usr\/\.\.\/\.\.\/etc\/x, which leaves the image/,
        ],
        [await fakeLayer({ x: { type: 'link', linkname: '../x' } }), /it holds the path \.\.\/x, which leaves/],
        [await fakeLayer({ 'usr/bin/x': { type: 'block-device' } }), /it holds the device usr\/bin\/x/],
        [await headerOnly('usr/bin/x', 10e9), /it holds usr\/bin\/x with 10\.0 GB/],
        [await headerOnly('usr/bin/x', 512, 'S'), /it holds usr\/bin\/x as a sparse file/],
        [await fakeLayer({ a: '-> b', b: '-> a', 'a/x': 'x' }), /lead in a circle/],
        [PLAIN.subarray(0, 60), /cannot be unpacked: unexpected end of file/],
        [
          await fakeLayer({ '../x': 'x', 'usr/bin/x': randomBytes(8 * 2 ** 20) }),
          /it holds the path \.\.\/x, which leaves/,
        ],
        [await fakeLayer({ x: 'x' }), /holds no tensorflow_model_server/],
      ];
      for (const [layer, message] of refused) {
        registry.serve([layer]);
        await fails(message);
      }
    }));

  it('keeps no program that does not run', () =>
    bench(async ({ registry, fails }) => {
      const program = 'usr/bin/tensorflow_model_server';
      const refused: [Record<string, string | Buffer>, RegExp][] = [
        [{ [program]: '#!/bin/sh\nkill -ILL $$\n' }, /this processor lacks an instruction/],
        [{ [program]: '#!/bin/sh\necho no model >&2; exit 3\n' }, /does not run here: no model$/],
        [{ [program]: '#!/nonexistent\n' }, /does not start \(.*ENOENT/],
        [{ [program]: await readFile('/bin/cat') }, /needs the loader \/lib64/],
        [
          { [program]: await readFile('/bin/cat'), 'lib64/ld-linux-x86-64.so.2': 'a loader' },
          /needs libc\.so\.6, which is in none/,
        ],
      ];
      for (const [entries, message] of refused) {
        registry.serve([await fakeLayer(entries)]);
        await fails(message);
      }
    }));

  it('says so when the disk is full', () =>
    bench(async ({ layout, registry, fails }) => {
      registry.serve([PLAIN]);
      await mkdir(join(layout.tfserving, 'blobs'), { recursive: true });
      await symlink('/dev/full', join(layout.tfserving, 'blobs', `${digestOf(PLAIN).replace(':', '-')}.part`));
      await fails(/the disk is full: TensorFlow Serving does not fit into/);
    }));

  it('names the layer and the reason, as a program too, where a file cannot be written', () =>
    bench(async ({ layout, registry }) => {
      registry.serve([await fakeLayer({ 'usr/bin/tensorflow_model_server': Buffer.alloc(8 * 2 ** 20) })]);
      const image = ['--image', 'tensorflow/serving:2.20.0'];
      const args = [CLI, 'tfserving-fetch', '--cache-dir', layout.root, '--registry', registry.url, ...image];
      const limited = ['-c', 'ulimit -f 2048; exec "$0" "$@"', process.execPath, ...args];
      const result = await runCommand('sh', limited);
      assert.ok(result.started && result.code === 1);
      assert.match(result.stderr, /^the layer sha256:\w+ cannot be unpacked: EFBIG: [^\n]+\n$/);
      assert.equal(await findFetched(layout), undefined);
    }));

  it('fetches once when two are at it', () =>
    bench(async ({ registry, said, fetch, blobRequests }) => {
      registry.serve([PLAIN]);
      const [one, other] = await Promise.all([fetch(), fetch()]);
      assert.deepEqual(one, other);
      assert.equal(blobRequests().length, 1);
      assert.match(said.join(), /is fetching TensorFlow Serving; waiting for it/);
    }));

  it('gives a registry that does not answer 4 s, and says at once that there is none', () =>
    bench(async ({ fails }) => {
      await using mute = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
      await once(mute, 'listening');
      const { port } = mute.address() as AddressInfo;
      await fails(/127\.0\.0\.1:\d+ cannot be reached \(no answer within 4 s\)/, { registry: `127.0.0.1:${port}` });
      await fails(/nowhere\.invalid cannot be reached/, { registry: 'nowhere.invalid' });
      await fails(/"%" is not the address of a registry/, { registry: '%' });
    }));
});
