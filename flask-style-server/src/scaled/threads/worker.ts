import { parentPort, workerData } from 'node:worker_threads';
import { ServiceError, type ErrorCode } from '@serving-study/serving-kit';
import { loadModel } from '../../load-model.js';
import type { Prediction, Tensors } from '../../model.js';

export interface WorkerData {
  readonly version: string;
  readonly directory: string;
}

export interface WorkerRequest {
  readonly signatureName: string;
  readonly inputs: Tensors;
}

export type WorkerAnswer =
  | ({ readonly kind: 'predicted' } & Prediction)
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly message: string };

const { version, directory } = workerData as WorkerData;
const model = await loadModel(version, directory);

function answer({ signatureName, inputs }: WorkerRequest): WorkerAnswer {
  try {
    return { kind: 'predicted', ...model.predict(signatureName, inputs) };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return { kind: 'refused', code: error.code, message: error.message };
  }
}

parentPort?.on('message', (request: WorkerRequest) => parentPort?.postMessage(answer(request)));
parentPort?.postMessage('ready');
