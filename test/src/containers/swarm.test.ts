import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { freePort } from '@serving-study/bench';
import { until } from '../behaviour/until.js';
import { ConstantLoad } from './constant-load.js';
import { docker, environment, lines, SKIP } from './docker.js';

const STACK = `study-test-${process.pid}`;
const SECRET = 'of the test';
const START_LIMIT_MS = 120_000;
/** Where the kernel can publish a port for all tasks of a service. */
const ROUTING_MESH = '/proc/net/ip_vs';

describe('docker stack deploy on a swarm of one node', { skip: SKIP }, () => {
  let startedHere = false;
  let own: NodeJS.ProcessEnv = {};
  let proxy = '';
  const service = (name: string): string => `${STACK}_${name}`;
  const deploy = (): Promise<string> => docker(['stack', 'deploy', '-c', 'deploy/swarm/stack.yml', STACK], own);
  /** `2/2`: tasks that run, and those wanted. */
  const running = async (name: string): Promise<string | undefined> => {
    const services = lines(await docker(['service', 'ls', '--format', '{{.Name}} {{.Replicas}}']));
    return services.find((line) => line.startsWith(`${service(name)} `))?.split(' ')[1];
  };
  const tasks = async (name: string): Promise<string[]> =>
    lines(await docker(['ps', '--quiet', '--filter', `label=com.docker.swarm.service.name=${service(name)}`]));

  /** The first task's own address, on the network by which tasks reach their node. */
  const ownUrl = async (name: string, port: number): Promise<string> => {
    const [task = ''] = await tasks(name);
    const format = '{{range $id, $own := .Containers}}{{$id}} {{$own.IPv4Address}}{{println}}{{end}}';
    const addresses = lines(await docker(['network', 'inspect', 'docker_gwbridge', '--format', format]));
    const [, address = ''] = addresses.find((line) => line.startsWith(task))?.split(/[ /]/) ?? [];
    return `http://${address}:${port}`;
  };

  before(async () => {
    startedHere = (await docker(['info', '--format', '{{.Swarm.LocalNodeState}}'])) === 'inactive';
    if (startedHere) await docker(['swarm', 'init', '--advertise-addr', '127.0.0.1']);
    const [flaskStylePort, proxyPort] = [await freePort(), await freePort()];
    own = {
      FLASK_STYLE_PORT: String(flaskStylePort),
      PROXY_PORT: String(proxyPort),
      GENERATOR_REPLICAS: '2',
      STUDY_GENERATOR_SECRET: SECRET,
    };
    await deploy();
    for (const [name, replicas] of [
      ['flask-style-server', '1/1'],
      ['tfserving', '2/2'],
      ['tfserving-proxy', '2/2'],
      ['generator', '2/2'],
    ] as const)
      await until(async () => (await running(name)) === replicas, `${name} has ${replicas}`, START_LIMIT_MS);
    proxy = existsSync(ROUTING_MESH) ? `http://127.0.0.1:${proxyPort}` : await ownUrl('tfserving-proxy', 8602);
  });
  after(async () => {
    await docker(['stack', 'rm', STACK]);
    const ours = ['--quiet', '--filter', `label=com.docker.stack.namespace=${STACK}`];
    for (const kind of [
      ['ps', '--all'],
      ['network', 'ls'],
      ['config', 'ls'],
    ])
      await until(async () => (await docker([...kind, ...ours])) === '', `nothing is left: ${kind.join(' ')}`);
    if (startedHere) await docker(['swarm', 'leave', '--force']);
  });

  it('measures with two generators that are found by their name', async () => {
    const reports = await mkdtemp(join(tmpdir(), 'swarm-reports-'));
    const { STUDY_USER = '' } = environment();
    const run = ['run', '--rm', '--network', service('default'), '--user', STUDY_USER];
    const mounts = ['--volume', `${reports}:/study/reports`, '--env', `STUDY_GENERATOR_SECRET=${SECRET}`];
    // a task's own address: the service's needs the routing mesh
    const targets = ['--targets', 'proxy-grpc=http://tasks.tfserving-proxy:8602', '--generators', 'dns:generator:9700'];
    const options = [...targets, '--only', 'headline', '--time-factor', '0.2'];
    try {
      await docker([...run, ...mounts, 'serving-study/bench', 'bench', ...options]).catch((error: unknown) => {
        // so short a run may be without a valid cell
        if ((error as { code?: number }).code !== 2) throw error;
      });
      const [folder = ''] = await readdir(reports);
      const results = await readFile(join(reports, folder, 'results.json'), 'utf8');
      assert.equal(new Set(results.match(/\d+\.\d+\.\d+\.\d+:9700/g)).size, 2);
    } finally {
      await rm(reports, { recursive: true });
    }
  });

  it('scales, loses a task, and is updated, without a lost request', async (t) => {
    const load = new ConstantLoad(proxy);
    const goesOn = async (): Promise<void> => {
      const before = load.counts.right;
      await until(() => load.counts.right > before + 200, 'requests are answered');
    };
    try {
      await goesOn();
      await docker(['service', 'scale', `${service('tfserving')}=3`]);
      await goesOn();
      t.diagnostic(`2 to 3: ${JSON.stringify(load.counts)}`);
      const [first = ''] = await tasks('tfserving');
      await docker(['kill', first]);
      await goesOn();
      t.diagnostic(`one of 3 killed: ${JSON.stringify(load.counts)}`);
      await until(async () => (await running('tfserving')) === '3/3', 'the task is replaced', START_LIMIT_MS);
      await docker(['service', 'update', '--quiet', '--force', service('tfserving')]);
      await goesOn();
      t.diagnostic(`tasks replaced one by one: ${JSON.stringify(load.counts)}`);
      await docker(['service', 'scale', `${service('tfserving')}=1`]);
      await goesOn();
    } finally {
      const counts = await load.stop();
      t.diagnostic(`and 3 to 1: ${JSON.stringify(counts)}`);
      assert.equal(counts.failed, 0);
    }
  });
});
