import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { request } from 'undici';
import { findModel, modelBasePath, readManifest } from '../../models/index.js';
import type { Launch, RunningInstance } from '../instance.js';
import { startFleet, type Fleet } from '../fleet.js';
import { findServing } from './find-serving.js';
import { recognise } from './recognise.js';

const ignore = (): void => undefined;
let folder: string;
let fleet: Fleet;
let launch: Launch;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recognise-'));
  fleet = startFleet(await findServing({ standinOnly: true, image: '', onProgress: ignore }), folder, ignore);
  const model = 'mlp-10k';
  const basePath = modelBasePath(findModel(await readManifest(), model));
  launch = { model, modelVersion: 1, modelBasePath: basePath, factors: {} };
});
after(async () => {
  await fleet.stop();
  await rm(folder, { recursive: true });
});

async function urlOf(contestant: string): Promise<string> {
  const { target }: RunningInstance = await fleet.instance(contestant, launch);
  assert.ok(target.kind === 'rest');
  return target.url;
}

describe('a server that runs already', () => {
  it('is the stand-in where it says so, and TensorFlow Serving where it only answers so', async () => {
    const url = await urlOf('direct-rest');
    assert.equal((await recognise(url)).kind, 'stand-in');
    // The same answers without the path by which the stand-in tells who it is.
    const server = createServer((asked, response) => {
      const path = asked.url === '/tfserving-standin' ? '/' : (asked.url ?? '/');
      void request(`${url}${path}`).then(async ({ statusCode, body }) => {
        response.writeHead(statusCode).end(Buffer.from(await body.arrayBuffer()));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const found = await recognise(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      assert.deepEqual(found, { kind: 'url', version: 'TensorFlow Serving by its answers, version unknown' });
    } finally {
      server.close();
    }
  });

  it('is not taken for TensorFlow Serving where it is a service of ours', async () => {
    for (const contestant of ['flask-style', 'proxy-rest'])
      assert.match((await recognise(await urlOf(contestant))).version, /answers are not quite those/);
  });

  it('is named where nothing answers', async () => {
    await assert.rejects(recognise('http://127.0.0.1:9'), /nothing answers at http:\/\/127\.0\.0\.1:9/);
  });
});

describe('a model server that does not start', () => {
  it('leaves its configuration beside its log, and nothing among the temporary files', async () => {
    const before = await readdir(tmpdir());
    const nowhere = { ...launch, modelBasePath: join(folder, 'nothing'), factors: { intraOpThreads: 'none' } };
    await assert.rejects(fleet.instance('direct-rest', nowhere), /tfserving-standin ended with exit code/);
    assert.deepEqual(
      (await readdir(tmpdir())).filter((name) => name.startsWith('serving-study-') && !before.includes(name)),
      [],
    );
    assert.equal((await readdir(folder)).filter((name) => name.includes('none.log.config')).length, 1);
  });
});
