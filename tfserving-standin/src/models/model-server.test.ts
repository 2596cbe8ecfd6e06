import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, afterEach, before, describe, it } from 'node:test';
import type { ModelConfig, ModelServerConfig } from '../config/index.js';
import { Metrics } from '../metrics/index.js';
import { StatusError } from '../status-error.js';
import { ModelServer, type ModelServerOptions } from './model-server.js';

const quiet = { info: () => undefined, warning: () => undefined, error: () => undefined };

/** Waits until `look` finds what it looks for. */
async function until(what: string, look: () => boolean): Promise<void> {
  const limit = Date.now() + 60_000;
  while (!look()) {
    if (Date.now() > limit) throw new Error(`waited in vain for: ${what}`);
    await sleep(5);
  }
}

/** A log that counts the looks for versions that found nothing, because a base path is missing. */
function countingLog(): { readonly log: ModelServerOptions['log']; readonly looksInVain: () => number } {
  let looks = 0;
  return { log: { ...quiet, error: () => (looks += 1) }, looksInVain: () => looks };
}

describe('model server', () => {
  let store: string;
  let servers: ModelServer[] = [];
  /** Names of versions whose load fails, as `m/3`. */
  const broken = new Set<string>();
  before(async () => {
    store = await mkdtemp(join(tmpdir(), 'standin-models-'));
  });
  after(() => rm(store, { recursive: true }));
  afterEach(() => {
    for (const created of servers) created.stop();
    servers = [];
    broken.clear();
  });

  function server(options: Partial<ModelServerOptions> = {}): ModelServer {
    const created = new ModelServer({
      load: ({ name, version }) =>
        broken.has(`${name}/${version}`)
          ? Promise.reject(new StatusError('DATA_LOSS', 'torn'))
          : Promise.resolve({
              name,
              version,
              signatures: new Map(),
              signatureDefMap: new Uint8Array(),
              run: () => Promise.resolve([]),
              close: () => Promise.resolve(),
            }),
      metrics: new Metrics(),
      log: quiet,
      pollSeconds: 0.02,
      startupLoads: 4,
      loads: 0,
      unloads: 0,
      maxRetries: 0,
      retryIntervalMs: 0,
      allowLabelsForUnavailable: false,
      missingModelTimeoutMs: 20_000,
      ...options,
    });
    servers.push(created);
    return created;
  }

  async function versions(name: string, ...numbers: number[]): Promise<ModelConfig> {
    const basePath = join(store, name);
    await mkdir(basePath, { recursive: true });
    for (const number of numbers) await mkdir(join(basePath, String(number)), { recursive: true });
    return {
      name,
      basePath,
      platform: 'tensorflow',
      policy: { kind: 'latest', count: 1 },
      labels: new Map(),
      hasLogging: false,
    };
  }

  function list(...models: ModelConfig[]): ModelServerConfig {
    return { kind: 'list', models };
  }

  function states(models: ModelServer, name: string): string[] {
    return models.status(name).map(({ version, state, errorCode }) => `${version} ${state} ${errorCode}`);
  }

  it('serves after its start, and tells unknown models and versions apart', async () => {
    const models = server();
    await models.start(list(await versions('plain', 1, 2)));
    assert.equal(models.acquire({ name: 'plain', choice: { kind: 'latest' } }).version, 2n);
    assert.deepEqual(states(models, 'plain'), ['2 AVAILABLE OK']);
    assert.throws(() => models.status('nobody'), {
      code: 'NOT_FOUND',
      message: 'Could not find any versions of model nobody',
    });
    assert.throws(() => models.status('plain', 7n), {
      code: 'NOT_FOUND',
      message: 'Could not find version 7 of model plain',
    });
    assert.throws(() => models.acquire({ name: 'plain', choice: { kind: 'label', label: 'x' } }), {
      code: 'INVALID_ARGUMENT',
      message: 'Unrecognized servable version label: x',
    });
  });

  it('does not start when a model cannot be loaded', async () => {
    broken.add('bad/1');
    await assert.rejects(server().start(list(await versions('fine', 1), await versions('bad', 1))), {
      code: 'UNKNOWN',
      message: '1 servable(s) did not become available: {{{name: bad version: 1} due to error: DATA_LOSS: torn}, }',
    });
  });

  it('swaps versions as they come and go', async () => {
    const models = server();
    await models.start(list(await versions('swap', 1)));
    await versions('swap', 2);
    await until('version 2', () => states(models, 'swap').join() === '2 AVAILABLE OK,1 END OK');
    await rm(join(store, 'swap', '2'), { recursive: true });
    await until('version 1 again', () => states(models, 'swap').join() === '2 END OK,1 AVAILABLE OK');
  });

  it('loads a repaired version even while an older one serves', async () => {
    const models = server();
    broken.add('repair/2');
    // The one that is looked at first: when a change of it shows, what changed before it has been seen too.
    await models.start(list(await versions('witness', 1), await versions('repair', 1)));
    await versions('repair', 2);
    await until('the failure', () => states(models, 'repair').join() === '2 END DATA_LOSS,1 AVAILABLE OK');
    await rename(join(store, 'repair', '2'), join(store, 'repair', 'hold'));
    for (const number of [2, 3]) {
      await versions('witness', number);
      await until('the change of the other model', () =>
        (states(models, 'witness')[0] ?? '').startsWith(`${number} A`),
      );
    }
    broken.clear();
    await rename(join(store, 'repair', 'hold'), join(store, 'repair', '2'));
    await until('the repaired version', () => states(models, 'repair').join() === '2 AVAILABLE OK,1 END OK');
  });

  it('keeps the old config when it refuses a new one', async () => {
    const models = server();
    const model = await versions('kept', 1);
    await models.start(list(model));
    const noPlatform = { ...(await versions('unnamed', 1)), platform: '' };
    await assert.rejects(models.reload(list(noPlatform), []), { code: 'INVALID_ARGUMENT' });
    await assert.rejects(models.reload({ kind: 'none' }, []), { code: 'INVALID_ARGUMENT' });
    await models.reload(list(model, await versions('unnamed', 1)), []);
    assert.deepEqual(states(models, 'unnamed'), ['1 AVAILABLE OK']);
  });

  it('answers a reload whose new model never comes, and does not let later reloads wait for it', async () => {
    const models = server();
    const model = await versions('there', 1);
    await models.start(list(model));
    const ghost = { ...model, name: 'ghost', basePath: join(store, 'ghost') };
    const waiting = assert.rejects(models.reload(list(model, ghost), []), { code: 'ABORTED' });
    await models.reload(list(model), []);
    await waiting;
    const impatient = server({ missingModelTimeoutMs: 50 });
    await impatient.start(list(model));
    await assert.rejects(impatient.reload(list(model, ghost), []), {
      code: 'UNKNOWN',
      message: /^1 model\(s\) did not become available: \{\{\{name: ghost\} due to error: NOT_FOUND: /,
    });
  });

  it('finds nothing new for any model while one base path is missing, then everything', async () => {
    const { log, looksInVain } = countingLog();
    const models = server({ log });
    const model = await versions('waits', 1);
    await models.start(list(model));
    const late = { ...model, name: 'late-path', basePath: join(store, 'late-path') };
    let answered = false;
    const reload = models.reload(list(model, late), []).then(() => (answered = true));
    await versions('waits', 2);
    await until('several looks', () => looksInVain() >= 5);
    assert.deepEqual(states(models, 'waits'), ['1 AVAILABLE OK']);
    assert.equal(answered, false);
    await versions('late-path', 5);
    await reload;
    assert.deepEqual(states(models, 'late-path'), ['5 AVAILABLE OK']);
    await until('version 2', () => states(models, 'waits').join() === '2 AVAILABLE OK,1 END OK');
  });

  it('unloads a model whose base path is emptied, keeps one whose base path is gone', async () => {
    const models = server();
    await models.start(list(await versions('emptied', 1)));
    await rm(join(store, 'emptied', '1'), { recursive: true });
    await until('the unload', () => states(models, 'emptied').join() === '1 END OK');
    const { log, looksInVain } = countingLog();
    const keeping = server({ log });
    await keeping.start(list(await versions('gone', 1)));
    // At once: deleted piece by piece, it would be seen empty.
    await rename(join(store, 'gone'), join(store, 'elsewhere'));
    await until('several looks', () => looksInVain() >= 5);
    assert.deepEqual(states(keeping, 'gone'), ['1 AVAILABLE OK']);
  });

  it('applies a config with request logging before it refuses it', async () => {
    const models = server();
    await models.start(list(await versions('logs-not', 1)));
    const logged = { ...(await versions('logs', 3)), hasLogging: true };
    await assert.rejects(models.reload(list(logged), []), { message: 'No request-logger-creator provided.' });
    assert.deepEqual(states(models, 'logs'), ['3 AVAILABLE OK']);
    await until('the dropped model to go', () => states(models, 'logs-not').join() === '1 END OK');
  });

  it('tells a reload that brings a model back too early that it was unloaded', async () => {
    // Long enough that it is unloaded before the next poll finds it again.
    const models = server({ pollSeconds: 2 });
    const model = await versions('back', 1);
    await models.start(list(model));
    await models.reload(list(), []);
    await assert.rejects(models.reload(list(model), []), {
      code: 'UNKNOWN',
      message: '1 model(s) did not become available: {{{name: back version: 1}}, }',
    });
    await until('its return', () => states(models, 'back').join() === '1 AVAILABLE OK');
  });

  it('answers a reload that brings a model back before it was even let go', async () => {
    const models = server();
    const model = await versions('stayed', 1);
    await models.start(list(model));
    await models.reload(list(), []);
    // in time for the poll, with luck: then nothing is unloaded
    await models.reload(list(model), []).catch((error: unknown) => {
      assert.ok(error instanceof StatusError);
    });
    await until('that it serves', () => states(models, 'stayed').join() === '1 AVAILABLE OK');
  });

  it('says which new model of a reload failed', async () => {
    const models = server();
    await models.start(list());
    broken.add('late/4');
    await assert.rejects(models.reload(list(await versions('late', 4)), []), {
      code: 'UNKNOWN',
      message: '1 model(s) did not become available: {{{name: late version: 4} due to error: DATA_LOSS: torn}, }',
    });
  });

  it('reports how much metrics grew during a reload', async () => {
    const metrics = new Metrics();
    const models = server({ metrics });
    await models.start(list());
    assert.deepEqual(await models.reload(list(), ['/tensorflow/serving/request_count', '/x']), [
      { name: '/tensorflow/serving/request_count', increase: 0 },
      { name: '/x', increase: 0 },
    ]);
  });

  it('gives up a load that waits for its next try when the version is no longer wanted', async () => {
    const models = server({ loads: 2, maxRetries: 9, retryIntervalMs: 3_600_000 });
    broken.add('unwanted/2');
    await models.start(list(await versions('unwanted', 1)));
    await versions('unwanted', 2);
    await until('version 2 to be loading', () => states(models, 'unwanted').join() === '2 LOADING OK,1 AVAILABLE OK');
    await rm(join(store, 'unwanted', '2'), { recursive: true });
    await until('its end', () => states(models, 'unwanted').join() === '2 END DATA_LOSS,1 AVAILABLE OK');
  });
});
