import type { Fleet, Launch, RunningInstance } from '../../contestants/index.js';
import { launch as launchProcess } from '../../process/index.js';

/**
 * Predicts the same for each instance, the first time for so many instances after `firstMs`, and says that its model is there.
 * From SIGUSR2 on it is a proxy whose model server answers nothing. It may have a worker, which does nothing.
 */
const SERVER = `
const [port, prediction, firstMs, hasWorker] = process.argv.slice(1);
if (hasWorker === 'true') require('node:child_process').spawn('sleep', ['1000']);
const known = new Set();
let isLost = false;
process.on('SIGUSR2', () => { isLost = true; });
const server = require('node:http').createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray()).toString();
  if (request.method !== 'POST') return response.end('{"model_version_status":[{"version":"1","state":"AVAILABLE"}]}');
  if (isLost) return response.writeHead(504).end('no answer from the model server');
  const { length } = JSON.parse(body).instances;
  const answer = '{"predictions": [' + Array(length).fill(prediction).join() + ']}';
  if (known.has(length)) return response.end(answer);
  known.add(length);
  setTimeout(() => response.end(answer), Number(firstMs));
});
server.listen(Number(port), '127.0.0.1', () => console.log('port ' + server.address().port));
`;

export interface SmallServer {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

/** A server of one process that starts in a moment. `port` 0: a free one. */
export async function startSmallServer(
  prediction: string,
  port = 0,
  firstMs = 0,
  hasWorker = false,
): Promise<SmallServer> {
  const server = launchProcess({
    name: 'small-server',
    command: process.execPath,
    args: ['-e', SERVER, String(port), prediction, String(firstMs), String(hasWorker)],
  });
  const heard = await server.waitForLine((line) => /^port (\d+)$/.exec(line)?.[1], 20_000);
  return { pid: server.pid, port: Number(heard), stop: () => server.stop() };
}

/** A fleet of small servers, which notes its starts. */
export class SmallFleet implements Fleet {
  readonly starts: string[] = [];
  readonly running = new Map<string, RunningInstance>();
  readonly #predictions: Readonly<Record<string, string>>;
  readonly #firstMs: number;
  readonly #hasWorker: boolean;

  /** What each contestant predicts; `closed`: nothing listens at its address. Who is not named does not start. */
  constructor(predictions: Readonly<Record<string, string>>, firstMs = 0, hasWorker = false) {
    this.#predictions = predictions;
    this.#firstMs = firstMs;
    this.#hasWorker = hasWorker;
  }

  async instance(contestant: string, launch: Launch): Promise<RunningInstance> {
    const known = this.running.get(contestant);
    if (known !== undefined) return known;
    const predictions = this.#predictions[contestant];
    if (predictions === undefined) throw new Error(`${contestant} could not be started`);
    this.starts.push(contestant);
    const server = await startSmallServer(predictions, 0, this.#firstMs, this.#hasWorker);
    if (predictions === 'closed') await server.stop();
    const instance: RunningInstance = {
      contestant: {
        id: contestant,
        label: contestant,
        role: 'subject',
        family: 'flask-style',
        protocol: 'rest',
        backend: 'in-process',
        command: '',
      },
      launch,
      startedHere: true,
      startedAll: true,
      target: { kind: 'rest', url: `http://127.0.0.1:${server.port}` },
      processes: predictions === 'closed' ? [] : [{ name: contestant, pid: server.pid }],
      readyMs: 1,
      stop: () => server.stop(),
    };
    this.running.set(contestant, instance);
    return instance;
  }

  async restart(contestant: string, launch: Launch): Promise<RunningInstance> {
    await this.running.get(contestant)?.stop();
    this.running.delete(contestant);
    return await this.instance(contestant, launch);
  }

  keepOnly(launches: readonly Launch[]): Promise<void> {
    return launches.length === 0 ? this.stop() : Promise.resolve();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.running.values()].map((instance) => instance.stop()));
    this.running.clear();
  }
}
