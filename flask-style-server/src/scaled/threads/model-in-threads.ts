import { once } from 'node:events';
import { SHARE_ENV, Worker } from 'node:worker_threads';
import { readMetaGraph } from '@serving-study/runtime';
import { ServiceError } from '@serving-study/serving-kit';
import type { Model, Prediction, Tensors } from '../../model.js';
import type { WorkerAnswer, WorkerData, WorkerRequest } from './worker.js';

interface Job {
  readonly request: WorkerRequest;
  readonly sinceMs: number;
  readonly resolve: (prediction: Prediction) => void;
  readonly reject: (error: Error) => void;
}

/** Starts the threads, each with the model loaded, and deals requests out to whichever is idle. */
export async function loadModelInThreads(version: string, directory: string, threads: number): Promise<Model> {
  const { signatures } = await readMetaGraph(directory, ['serve']);
  const queue: Job[] = [];
  const idle: Worker[] = [];

  function deal(): void {
    while (idle.length > 0 && queue.length > 0) {
      const worker = idle.pop();
      const job = queue.shift();
      if (worker !== undefined && job !== undefined) void work(worker, job);
    }
  }

  async function work(worker: Worker, job: Job): Promise<void> {
    const startedAtMs = performance.now();
    try {
      worker.postMessage(job.request);
      const [answer] = (await once(worker, 'message')) as [WorkerAnswer];
      if (answer.kind === 'refused') job.reject(new ServiceError(answer.code, answer.message));
      else job.resolve({ outputs: answer.outputs, timing: { ...answer.timing, queue: startedAtMs - job.sinceMs } });
      idle.push(worker);
    } catch (error) {
      job.reject(error as Error);
      void start().catch(() => undefined); // the thread died; the others carry on if no other starts
    }
    deal();
  }

  async function start(): Promise<void> {
    const workerData: WorkerData = { version, directory };
    // TensorFlow reads the process's environment: a copy of it would not tell it which kernels to use.
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData, env: SHARE_ENV });
    await once(worker, 'message'); // rejects when loading fails
    worker.on('error', () => undefined); // seen by `once` where a request waits for it
    idle.push(worker);
    deal();
  }

  await Promise.all(Array.from({ length: threads }, start));
  return {
    version,
    signatures,
    predict: (signatureName: string, inputs: Tensors) =>
      new Promise((resolve, reject) => {
        queue.push({ request: { signatureName, inputs }, sinceMs: performance.now(), resolve, reject });
        deal();
      }),
  };
}
