import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { runningInstance, type ContestantDefinition, type StartContext } from './definition.js';
import { allowedCpus, parseCpuList } from './cpu-shares.js';
import type { Launch, RunningInstance } from './instance.js';
import { limits } from './limits.js';
import { limitFlags } from './serving/container-serving.js';
import type { RunningServing } from './serving/serving-process.js';
import { freePort, launchServer, temporaryFolder, type Command } from '../process/index.js';
import { isAlive, processTree } from '../resources/index.js';

type Protocol = 'rest' | 'grpc';

const IMAGE = 'nginx:1.28';
const ENGINE = 'docker';
const LOOK_LIMIT_MS = 5000;
/** Where a container engine runs, the image may have to be pulled first. */
const START_LIMIT_MS = 120_000;

/** nginx in front of TensorFlow Serving: what any proxy must cost, to compare the Express proxy's cost with. */
export function nginx(protocol: Protocol): ContestantDefinition {
  return {
    id: `nginx-${protocol}`,
    label: `nginx → TensorFlow Serving by ${protocol === 'grpc' ? 'gRPC' : 'REST'}`,
    role: 'variant',
    family: 'tensorflow-serving',
    protocol,
    onServing: true,
    startMs: 500,
    missing: () => {
      const how = findNginx();
      return typeof how === 'string' ? undefined : how.reason;
    },
    async start(launch, context) {
      const serving = await context.serving(launch);
      const { address, ...started } = await startNginx(protocol, launch, context, serving);
      return runningInstance(this, launch, context, {
        ...started,
        behind: [serving],
        target: protocol === 'grpc' ? { kind: 'grpc', address } : { kind: 'rest', url: `http://${address}` },
      });
    },
  };
}

/**
 * The program as it is installed, or the container engine to run it with. On Debian it lies where only root's PATH looks.
 */
export function lookForNginx(
  programs: readonly string[] = ['nginx', '/usr/sbin/nginx'],
  engine = ENGINE,
): string | { readonly reason: string } {
  const answers = (command: string, ...args: string[]): boolean =>
    spawnSync(command, args, { stdio: 'ignore', timeout: LOOK_LIMIT_MS }).status === 0;
  const there =
    programs.find((program) => answers(program, '-v')) ??
    (answers(engine, 'version', '--format', '{{.Server.Version}}') ? engine : undefined);
  return there ?? { reason: 'there is neither nginx nor a container engine: apt-get install nginx' };
}

let found: ReturnType<typeof lookForNginx> | undefined;

/** Looked for once: what is installed does not change in a run. */
function findNginx(): ReturnType<typeof lookForNginx> {
  return (found ??= lookForNginx());
}

interface RunningNginx extends Pick<RunningInstance, 'processes' | 'readyMs' | 'stop'> {
  readonly address: string;
  readonly command: string;
}

/** On a free port of 127.0.0.1; its files are in a folder of its own, which goes with it. */
async function startNginx(
  protocol: Protocol,
  launch: Launch,
  { logFile }: StartContext,
  serving: RunningServing,
): Promise<RunningNginx> {
  const port = await freePort();
  const { path: folder, ...temporary } = await temporaryFolder('nginx-');
  await writeFile(join(folder, 'nginx.conf'), configuration(protocol, launch, serving, port, folder));
  try {
    const {
      server,
      ready: pid,
      readyMs,
    } = await launchServer(
      // Its workers outlive a master that is killed: when this process dies it is asked to end, and ends them.
      { ...program(launch, folder), name: 'nginx', logFile, passesSignalsOn: true },
      (started) => started.waitUntil(() => masterOf(folder, port, workersFor(launch)), START_LIMIT_MS),
    );
    return {
      address: `127.0.0.1:${port}`,
      command: server.commandLine,
      // Visible in /proc when a container engine runs on this machine's own kernel.
      processes: isAlive(pid) ? [{ name: 'nginx', pid }] : [],
      readyMs,
      stop: async () => {
        await server.stop();
        await temporary[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await temporary[Symbol.asyncDispose]();
    throw error;
  }
}

/** The command, in a container with this machine's network and process ids where nginx is not installed. */
function program(launch: Launch, folder: string): Pick<Command, 'command' | 'args' | 'cpus' | 'memoryMb'> {
  const how = findNginx();
  if (typeof how !== 'string') throw new Error(how.reason);
  const args = ['-c', join(folder, 'nginx.conf'), '-p', folder];
  if (how !== ENGINE) return { command: how, args, ...limits(launch) };
  const { uid, gid } = userInfo();
  return {
    command: ENGINE,
    args: [
      ...['run', '--rm', '--network', 'host', '--pid', 'host', '--user', `${uid}:${gid}`],
      ...['--volume', `${folder}:${folder}`],
      ...limitFlags(launch),
      ...[IMAGE, 'nginx', ...args],
    ],
  };
}

/** One for each CPU. */
function workersFor(launch: Launch): number {
  const { cpus } = limits(launch);
  return Math.max(1, (cpus === undefined ? allowedCpus() : parseCpuList(cpus)).length);
}

/** Connections upstream are kept, nothing is written for a request; bodies may be as large as the others take. */
function configuration(
  protocol: Protocol,
  launch: Launch,
  { restUrl, grpcAddress }: RunningServing,
  port: number,
  folder: string,
): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const [origin, listen, pass] =
    protocol === 'grpc'
      ? [grpcAddress, `127.0.0.1:${port} http2`, 'grpc_pass grpc://serving;']
      : [
          new URL(restUrl).host,
          `127.0.0.1:${port}`,
          'proxy_pass http://serving; proxy_http_version 1.1; proxy_set_header Connection "";',
        ];
  return `daemon off; worker_processes ${workersFor(launch)}; pid ${join(folder, 'nginx.pid')}; error_log stderr;
${userInfo().uid === 0 ? 'user root;' : ''}
events { worker_connections 1024; }
http {
  access_log off; client_max_body_size 100m; client_body_buffer_size 1m;
  ${temporary.map((name) => `${name}_temp_path ${join(folder, name)};`).join(' ')}
  upstream serving { server ${origin}; keepalive 256; keepalive_requests 1000000; }
  server {
    listen ${listen}; keepalive_requests 1000000;
    location / { ${pass} }
  }
}
`;
}

/** Its process id, once it listens and all its workers are there. */
async function masterOf(folder: string, port: number, workers: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    }).on('error', reject);
  });
  const pid = Number(await readFile(join(folder, 'nginx.pid'), 'utf8'));
  if (!(pid > 0)) throw new Error('it has no process id yet');
  if (isAlive(pid) && processTree(pid).length <= workers) throw new Error('its workers are not there yet');
  return pid;
}
