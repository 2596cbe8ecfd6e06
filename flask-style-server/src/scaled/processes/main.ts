import cluster, { type Address, type Worker } from 'node:cluster';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { runService, wholeNumber, type Logger, type ServiceConfig } from '@serving-study/serving-kit';
import { MODEL_SETTINGS } from '../../config.js';
import { findVersion, loadModel, serve } from '../../server.js';
import { keepTrying } from '../keep-trying.js';

const settings = { ...MODEL_SETTINGS, STUDY_PROCESSES: wholeNumber(1, 256).default(availableParallelism()) };

interface Workers {
  readonly url: string;
  /** Lets every worker finish its requests; the workers keep the limit themselves. */
  drain(): Promise<void>;
  /** One after the other: starts a worker with the newest version, waits until it listens, then drains an old one. */
  replaceAll(): Promise<void>;
}

/**
 * Forks this program and waits until all workers listen on the shared port. A worker that dies is replaced by one with the same
 * version. What does not start is logged and tried again, and the workers that serve stay.
 */
async function startWorkers(config: ServiceConfig<typeof settings>, logger: Logger): Promise<Workers> {
  const newestVersion = async (): Promise<string> =>
    (await findVersion(config.STUDY_MODEL_BASE_PATH, config.STUDY_MODEL_VERSION)).version;
  // TensorFlow would take a thread for each CPU in each process, and they would wait for each other
  const ownCpus = Math.max(1, Math.floor(availableParallelism() / config.STUDY_PROCESSES));
  const threads = {
    STUDY_INTRA_OP_THREADS: String(config.STUDY_INTRA_OP_THREADS || ownCpus),
    STUDY_INTER_OP_THREADS: String(config.STUDY_INTER_OP_THREADS || ownCpus),
  };
  const leaving = new Set<Worker>();
  const versionOf = new WeakMap<Worker, string>();
  let servedVersion = await newestVersion();
  let isReplacing = false;

  async function start(version: string): Promise<Address> {
    const worker = cluster.fork({ ...threads, STUDY_MODEL_VERSION: version });
    versionOf.set(worker, version);
    const died = once(worker, 'exit').then(() => Promise.reject(new Error('a worker ended before it listened')));
    const [address] = (await Promise.race([once(worker, 'listening'), died])) as [Address];
    died.catch(() => undefined);
    worker.once('exit', (code: number | null, signal: string | null) => {
      if (leaving.delete(worker)) return;
      logger.error({ worker: worker.id, code, signal }, 'a worker died');
      void keepTrying(() => start(servedVersion), notStarted);
    });
    return address;
  }

  function notStarted(error: unknown, waitMs: number): void {
    logger.error({ err: error, waitMs }, 'no worker started; trying again');
  }

  async function stop(worker: Worker): Promise<void> {
    leaving.add(worker);
    const gone = once(worker, 'exit');
    worker.process.kill('SIGTERM');
    await gone;
  }

  const running = (): Worker[] =>
    Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined && !leaving.has(worker)) as Worker[];

  const [first] = await Promise.all(Array.from({ length: config.STUDY_PROCESSES }, () => start(servedVersion)));
  return {
    url: `http://${first?.address ?? ''}:${first?.port ?? 0}`,
    async drain() {
      await Promise.all(running().map(stop));
    },
    async replaceAll() {
      if (isReplacing) return; // it looks for the newest version at each try
      isReplacing = true;
      for (const old of running()) {
        await keepTrying(async () => {
          const version = await newestVersion();
          await start(version);
          servedVersion = version;
        }, notStarted);
        if (!old.isDead()) await stop(old);
      }
      // a worker that died while it was to be replaced has been replaced twice
      const stale = running().filter((worker) => versionOf.get(worker) !== servedVersion);
      const surplus = running()
        .filter((worker) => !stale.includes(worker))
        .slice(config.STUDY_PROCESSES);
      await Promise.all([...stale, ...surplus].map(stop));
      isReplacing = false;
      logger.info({ workers: config.STUDY_PROCESSES, version: servedVersion }, 'workers replaced');
    },
  };
}

/** Processes that share the port, each with the model loaded. SIGHUP replaces them one by one, with the newest version. */
if (cluster.isPrimary)
  await runService(
    {
      name: 'flask-style-processes',
      settings,
      start: async (config, logger) => {
        const workers = await startWorkers(config, logger);
        process.on('SIGHUP', () => void workers.replaceAll());
        return workers;
      },
    },
    process,
  );
else
  await runService(
    {
      name: 'flask-style-process',
      settings,
      readyMessage: 'worker listening',
      start: async (config, logger) => serve(await loadModel(config), config, logger),
    },
    process,
  );
