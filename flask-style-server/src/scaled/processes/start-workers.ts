import cluster, { type Address, type Worker } from 'node:cluster';
import { once } from 'node:events';
import type { ServiceAppParts } from '@serving-study/serving-kit';

export interface RunningWorkers {
  readonly url: string;
  /** Lets every worker finish its requests; the workers keep the limit themselves. */
  drain(limitMs: number): Promise<void>;
  /** One after the other: starts a new worker, waits until it listens, then drains an old one. */
  replaceAll(): Promise<void>;
}

/** Forks this program `count` times and waits until all listen on the shared port. A worker that dies is replaced. */
export async function startWorkers(count: number, logger: ServiceAppParts['logger']): Promise<RunningWorkers> {
  const leaving = new Set<Worker>();

  async function start(): Promise<Address> {
    const worker = cluster.fork();
    worker.once('exit', (code: number | null, signal: string | null) => {
      if (leaving.delete(worker)) return;
      logger.error({ worker: worker.id, code, signal }, 'a worker died');
      if (listened)
        void start().catch((error: unknown) => {
          logger.error({ err: error }, 'no worker took its place');
        });
    });
    let listened = false;
    const died = once(worker, 'exit').then(() => Promise.reject(new Error('a worker ended before it listened')));
    const [address] = (await Promise.race([once(worker, 'listening'), died])) as [Address];
    died.catch(() => undefined);
    listened = true;
    return address;
  }

  async function stop(worker: Worker): Promise<void> {
    leaving.add(worker);
    const gone = once(worker, 'exit');
    worker.process.kill('SIGTERM');
    await gone;
  }

  const running = (): Worker[] =>
    Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined && !leaving.has(worker)) as Worker[];
  const [first] = await Promise.all(Array.from({ length: count }, start));
  return {
    url: `http://${first?.address ?? ''}:${first?.port ?? 0}`,
    async drain() {
      await Promise.all(running().map(stop));
    },
    async replaceAll() {
      for (const old of running()) {
        await start();
        await stop(old);
      }
      logger.info({ workers: count }, 'workers replaced');
    },
  };
}
