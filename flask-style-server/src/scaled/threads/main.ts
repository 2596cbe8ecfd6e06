import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { SHARE_ENV, Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { TensorFlowError, type ErrorCode } from '@serving-study/runtime';
import { runService, wholeNumber, type Logger, type ServiceConfig } from '@serving-study/serving-kit';
import { MODEL_SETTINGS } from '../../config.js';
import { loadModel, serve, type Model, type Prediction, type Tensors } from '../../server.js';
import { keepTrying } from '../keep-trying.js';

const settings = { ...MODEL_SETTINGS, STUDY_THREADS: wholeNumber(1, 256).default(availableParallelism()) };
type Config = ServiceConfig<typeof settings>;

interface WorkerRequest {
  readonly signatureName: string;
  readonly inputs: Tensors;
}

/** Errors lose their class on the way between threads. */
type WorkerAnswer = Prediction | { readonly code: ErrorCode; readonly message: string };

interface Job extends WorkerRequest {
  readonly sinceMs: number;
  readonly resolve: (prediction: Prediction) => void;
  readonly reject: (error: unknown) => void;
}

/** Starts the threads, each with the model loaded, and deals requests out to whichever is idle. */
async function loadModelInThreads(config: Config, logger: Logger): Promise<Model> {
  const queue: Job[] = [];
  const idle: Worker[] = [];

  function deal(): void {
    while (idle.length > 0 && queue.length > 0) {
      const worker = idle.pop();
      const job = queue.shift();
      if (worker !== undefined && job !== undefined) void work(worker, job);
    }
  }

  async function work(worker: Worker, { signatureName, inputs, sinceMs, resolve, reject }: Job): Promise<void> {
    const startedAtMs = performance.now();
    try {
      worker.postMessage({ signatureName, inputs } satisfies WorkerRequest);
      const [answer] = (await once(worker, 'message')) as [WorkerAnswer];
      if ('code' in answer) reject(new TensorFlowError(answer.code, answer.message));
      else
        resolve({
          ...answer,
          timing: { queue: startedAtMs - sinceMs, inference: performance.now() - startedAtMs },
        });
      idle.push(worker);
    } catch (error) {
      reject(error); // the thread died
      void keepTrying(start, (cause, waitMs) => {
        logger.error({ err: cause, waitMs }, 'no thread started; trying again');
      });
    }
    deal();
  }

  async function start(): Promise<Pick<Model, 'version' | 'signatures'>> {
    // TensorFlow reads the process's environment: a copy of it would not tell it which kernels to use.
    const worker = new Worker(new URL(import.meta.url), { workerData: config, env: SHARE_ENV });
    const [about] = (await once(worker, 'message')) as [Pick<Model, 'version' | 'signatures'>]; // rejects when loading fails
    worker.on('error', () => undefined); // seen by `once` where a request waits for it
    idle.push(worker);
    deal();
    return about;
  }

  const [about] = await Promise.all([start(), ...Array.from({ length: config.STUDY_THREADS - 1 }, start)]);
  return {
    ...about,
    predict: (signatureName, inputs) =>
      new Promise((resolve, reject) => {
        queue.push({ signatureName, inputs, sinceMs: performance.now(), resolve, reject });
        deal();
      }),
  };
}

async function answerRequests(config: Config): Promise<void> {
  const model = await loadModel(config);
  async function answer({ signatureName, inputs }: WorkerRequest): Promise<WorkerAnswer> {
    try {
      return await model.predict(signatureName, inputs);
    } catch (error) {
      if (!(error instanceof TensorFlowError)) throw error;
      return { code: error.code, message: error.message };
    }
  }
  parentPort?.on('message', (request: WorkerRequest) => {
    void answer(request).then((answered) => parentPort?.postMessage(answered));
  });
  parentPort?.postMessage({ version: model.version, signatures: model.signatures });
}

/** Worker threads that each load the model: the thread that answers HTTP no longer waits for inference. */
if (isMainThread)
  await runService(
    {
      name: 'flask-style-threads',
      settings,
      start: async (config, logger) => serve(await loadModelInThreads(config, logger), config, logger),
    },
    process,
  );
else await answerRequests(workerData as Config);
