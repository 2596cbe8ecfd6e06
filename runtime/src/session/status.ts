import type { CApi, Pointer } from './c-api.js';
import { ERROR_CODES, TensorFlowError } from '../tensorflow-error.js';

/** Runs `use` with a fresh TF_Status, frees it, and throws what it reports as a TensorFlowError. */
export function withStatus<T>(api: CApi, use: (status: Pointer) => T): T {
  const status = api.newStatus();
  try {
    const result = use(status);
    throwIfFailed(api, status);
    return result;
  } finally {
    api.deleteStatus(status);
  }
}

/** The same around a call that runs on the thread pool. */
export async function withStatusAsync<T>(api: CApi, use: (status: Pointer) => Promise<T>): Promise<T> {
  const status = api.newStatus();
  try {
    const result = await use(status);
    throwIfFailed(api, status);
    return result;
  } finally {
    api.deleteStatus(status);
  }
}

function throwIfFailed(api: CApi, status: Pointer): void {
  const code = api.statusCode(status);
  if (code !== 0) throw new TensorFlowError(ERROR_CODES[code] ?? 'UNKNOWN', api.statusMessage(status));
}
