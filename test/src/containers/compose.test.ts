import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../behaviour/until.js';
import { ComposeStack } from './compose-stack.js';
import { BODY, ConstantLoad } from './constant-load.js';
import { docker, environment, lines, PROJECT, SKIP } from './docker.js';

const SERVICES = ['flask-style-server', 'tfserving', 'tfserving-proxy'] as const;
const RECOVERY_LIMIT_MS = 30_000;
/** A proxy finds out within this time that its upstream answers nobody. */
const NOTICE_LIMIT_MS = 3000;

async function predict(url: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${url}/v1/models/fashion-cnn:predict`, { method: 'POST', body: BODY });
  return { status: answer.status, text: await answer.text() };
}

for (const upstream of ['grpc', 'rest']) {
  describe(`docker compose up, the proxy by ${upstream}`, { skip: SKIP }, () => {
    const stack = new ComposeStack(upstream, { STUDY_UPSTREAM: upstream });
    let [flaskStyle, proxy] = ['', ''];
    const ready = async (): Promise<boolean> => (await fetch(`${proxy}/readyz`)).ok;
    const predicts = async (url: string): Promise<boolean> =>
      predict(url).then(
        ({ status }) => status === 200,
        () => false,
      );

    before(async () => {
      await stack.up();
      [flaskStyle, proxy] = [await stack.url('flask-style-server', 8601), await stack.url('tfserving-proxy', 8602)];
    });
    after(() => stack[Symbol.asyncDispose]());

    it('serves the same prediction from both, to this machine alone', async () => {
      const [own, fronted] = [await predict(flaskStyle), await predict(proxy)];
      assert.deepEqual([own.status, fronted.status], [200, 200]);
      const [left = [], right = []] = [own, fronted].map(
        ({ text }) => (JSON.parse(text) as { predictions: [number[]] }).predictions[0],
      );
      assert.equal(left.length, 10);
      left.forEach((value, index) => {
        assert.ok(Math.abs(value - (right[index] ?? Number.NaN)) < 1e-5);
      });
      for (const service of SERVICES)
        for (const line of lines(await docker(['port', await stack.id(service)])))
          assert.match(line, /-> 127\.0\.0\.1:/);
    });

    it('runs nothing as root and writes nothing into its images', async () => {
      for (const service of SERVICES) {
        const format = '{{.Config.User}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}}';
        const told = await docker(['inspect', '--format', format, await stack.id(service)]);
        assert.match(told, /^\d+:\d+ true \[ALL\]$/, service);
      }
    });

    it('says within seconds that a paused TensorFlow Serving does not answer, and goes on when it does', async (t) => {
      const load = new ConstantLoad(proxy);
      const id = await stack.id('tfserving');
      await docker(['pause', id]);
      try {
        await until(async () => !(await ready()), 'the proxy noticed', NOTICE_LIMIT_MS);
      } finally {
        await docker(['unpause', id]);
      }
      await until(ready, 'the proxy is ready again', RECOVERY_LIMIT_MS);
      t.diagnostic(JSON.stringify(await load.stop()));
      assert.ok(await predicts(proxy));
    });

    it('answers 503 while TensorFlow Serving is down, and predicts again once it is back', async () => {
      const id = await stack.id('tfserving');
      await docker(['kill', id]);
      await until(async () => (await predict(proxy)).status === 503, 'a prediction failed', NOTICE_LIMIT_MS);
      assert.ok(await predicts(flaskStyle));
      await docker(['start', id]);
      await until(() => predicts(proxy), 'predictions work again', RECOVERY_LIMIT_MS);
    });

    for (const [service, seenAt] of [
      ['tfserving', () => proxy],
      ['tfserving-proxy', () => proxy],
      ['flask-style-server', () => flaskStyle],
    ] as const)
      it(`a restart of ${service} under load costs only the requests of that time`, async (t) => {
        const port = service === 'flask-style-server' ? 8601 : 8602;
        const load = new ConstantLoad(seenAt());
        await until(() => load.counts.right > 100, 'requests are answered');
        await stack.compose('restart', service);
        [flaskStyle, proxy] = [await stack.url('flask-style-server', 8601), await stack.url('tfserving-proxy', 8602)];
        await until(() => predicts(seenAt()), `${service} on port ${port} is back`, RECOVERY_LIMIT_MS);
        const counts = await load.stop();
        t.diagnostic(JSON.stringify(counts));
        assert.ok(counts.longestMs < 10_000, `a request took ${counts.longestMs} ms`);
        for (const outcome of Object.keys(counts.by))
          assert.match(outcome, /^(?:200$|503 |ECONN(?:REFUSED|RESET)$|UND_ERR_SOCKET$|EPIPE$)/);
      });
  });
}

describe('the stack at rest', { skip: SKIP }, () => {
  it('uses less than 1% of a CPU for the pair, and for the model server', async (t) => {
    await using stack = new ComposeStack('idle');
    await stack.up();
    const ids = await Promise.all(SERVICES.map((service) => stack.id(service)));
    await sleep(20_000); // V8 compiles and collects for a while after the start
    const WINDOW_MS = 60_000;
    const before = await Promise.all(ids.map(cpuMs));
    await sleep(WINDOW_MS);
    const used = (await Promise.all(ids.map(cpuMs))).map((now, at) => (now - (before[at] ?? 0)) / WINDOW_MS);
    t.diagnostic(SERVICES.map((service, at) => `${service} ${(100 * (used[at] ?? 0)).toFixed(2)}%`).join(', '));
    const [flaskStyle = NaN, serving = NaN, proxy = NaN] = used;
    assert.ok(flaskStyle + proxy < 0.01 && serving < 0.01);
  });
});

/** CPU time of everything that ever ran in a container, in milliseconds: the engine knows it whichever version of cgroups it uses. */
async function cpuMs(id: string): Promise<number> {
  const path = `/containers/${id}/stats?stream=false&one-shot=true`;
  const [answer] = (await once(get({ socketPath: '/var/run/docker.sock', path }), 'response')) as [IncomingMessage];
  const stats = (await json(answer)) as { cpu_stats: { cpu_usage: { total_usage: number } } };
  return stats.cpu_stats.cpu_usage.total_usage / 1e6;
}

describe('a wrong value ends the start, and its reason is told', { skip: SKIP }, () => {
  const FAILS_WITHIN_MS = 60_000;

  async function startOf(name: string, own: NodeJS.ProcessEnv, service: string): Promise<string> {
    await using stack = new ComposeStack(name, own);
    const startedAtMs = performance.now();
    const said = await stack.up(service).then(
      () => assert.fail('it started'),
      (error: unknown) => (error as { readonly stderr: string }).stderr,
    );
    assert.ok(performance.now() - startedAtMs < FAILS_WITHIN_MS, said);
    return `${said}\n${await stack.logs(service)}`;
  }

  it('of the upstream', async () => {
    const told = await startOf('upstream', { STUDY_UPSTREAM: 'foo' }, 'tfserving-proxy');
    assert.match(told, /tfserving-proxy-1 (?:exited \(2\)|is unhealthy)/);
    assert.match(told, /STUDY_UPSTREAM: Invalid option: expected one of "grpc"\|"rest" \(got foo\)/);
  });

  it('of the model: a folder without versions', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'no-model-'));
    const own = { STUDY_MODEL_BASE_PATH: folder };
    const told = await startOf('empty', own, 'flask-style-server').finally(() => rm(folder, { recursive: true }));
    assert.match(told, /flask-style-server-1 (?:exited \(1\)|is unhealthy)/);
    assert.match(told, /has no version folder; it has: none/);
  });

  it('of the model: no folder', async () => {
    const told = await startOf('nowhere', { STUDY_MODEL_BASE_PATH: '/nowhere/at/all' }, 'flask-style-server');
    assert.match(told, /bind source path does not exist: \/nowhere\/at\/all/);
  });
});

describe('replicas of TensorFlow Serving', { skip: SKIP }, () => {
  for (const upstream of ['grpc', 'rest'])
    it(`come and go under load, and one is killed, without a lost request, by ${upstream}`, async (t) => {
      await using stack = new ComposeStack(`scale-${upstream}`, { STUDY_UPSTREAM: upstream });
      await stack.up('tfserving-proxy');
      const load = new ConstantLoad(await stack.url('tfserving-proxy', 8602));
      try {
        await until(() => load.counts.right > 100, 'one replica answers');
        await stack.up('--scale', 'tfserving=3', '--no-recreate', 'tfserving');
        for (const index of [1, 2, 3]) {
          const url = await stack.url('tfserving', 8501, index);
          await until(async () => (await answered(url)) > 50, `replica ${index} answers`);
        }
        t.diagnostic(`1 to 3: ${JSON.stringify(load.counts)}`);
        const [first = ''] = await stack.ids('tfserving');
        await docker(['kill', first]);
        const before = load.counts.right;
        await until(() => load.counts.right > before + 500, 'the others answer');
        t.diagnostic(`one of 3 killed: ${JSON.stringify(load.counts)}`);
        await docker(['rm', '--force', first]);
        await stack.up('--scale', 'tfserving=1', '--no-recreate', 'tfserving');
        const left = load.counts.right;
        await until(() => load.counts.right > left + 100, 'one replica answers again');
      } finally {
        const counts = await load.stop();
        t.diagnostic(`and back to 1: ${JSON.stringify(counts)}`);
        assert.equal(counts.failed, 0);
      }
    });

  async function answered(url: string): Promise<number> {
    const page = await (await fetch(`${url}/monitoring/prometheus/metrics`)).text();
    return Number(/^:tensorflow:serving:request_count\{.*status="OK"\} (\d+)/m.exec(page)?.[1] ?? 0);
  }
});

describe('the study in a container', { skip: SKIP }, () => {
  const out = `reports/test-containers-${process.pid}`;
  before(() => mkdir(join(PROJECT, out), { recursive: true }));
  after(() => rm(join(PROJECT, out), { recursive: true }));

  it('measures the services and leaves a report, readable by whoever started it', async () => {
    await using stack = new ComposeStack('bench');
    await stack.up();
    const options = ['--only', 'headline', '--time-factor', '0.2', '--out', out];
    await stack.compose('run', '--rm', 'bench', ...options).catch((error: unknown) => {
      // so short a run may be without a valid cell
      if ((error as { code?: number }).code !== 2) throw error;
    });
    const [folder = ''] = await readdir(join(PROJECT, out));
    const results = await readFile(join(PROJECT, out, folder, 'results.json'), 'utf8');
    for (const contestant of ['flask-style', 'proxy-grpc', 'direct-rest', 'direct-grpc'])
      assert.ok(results.includes(`"${contestant}"`), contestant);
  });
});

describe('Ctrl-C', { skip: SKIP }, () => {
  it('stops what `docker compose up` started; `down` leaves nothing', async () => {
    await using stack = new ComposeStack('interrupted');
    const client = spawn('docker', stack.args('up'), { cwd: PROJECT, env: environment(), stdio: 'ignore' });
    const ended = once(client, 'exit');
    await until(async () => /[(]healthy[)]/.test(await stack.compose('ps', 'tfserving-proxy')), 'it is up', 120_000);
    client.kill('SIGINT');
    await ended;
    assert.equal(await stack.compose('ps', '--quiet', '--status', 'running'), '');
  });
});
