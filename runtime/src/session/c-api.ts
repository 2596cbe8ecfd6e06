import { koffi } from '../foreign-functions.js';
import type { EngineLibrary } from '../engine/engine-library.js';
import { keepToPlainKernels } from '../engine/plain-kernels.js';
import type { AsyncFunction } from './thread-pool-call.js';

/** A native pointer as a number: TensorFlow's handles never leave this folder. */
export type Pointer = number;

/** The part of TensorFlow's C API (tensorflow/c/c_api.h, tf_tensor.h) that loading and running a SavedModel needs. */
export interface CApi {
  version(): string;
  newStatus(): Pointer;
  deleteStatus(status: Pointer): void;
  statusCode(status: Pointer): number;
  statusMessage(status: Pointer): string;
  newBuffer(bytes: Uint8Array): Pointer;
  newEmptyBuffer(): Pointer;
  deleteBuffer(buffer: Pointer): void;
  newSessionOptions(): Pointer;
  deleteSessionOptions(options: Pointer): void;
  setConfig(options: Pointer, config: Uint8Array, length: number, status: Pointer): void;
  newGraph(): Pointer;
  deleteGraph(graph: Pointer): void;
  operationByName(graph: Pointer, name: string): Pointer;
  allocateTensor(dtype: number, dims: BigInt64Array, rank: number, bytes: number): Pointer;
  deleteTensor(tensor: Pointer): void;
  tensorType(tensor: Pointer): number;
  rank(tensor: Pointer): number;
  dim(tensor: Pointer, index: number): number;
  tensorBytes(tensor: Pointer): number;
  tensorData(tensor: Pointer): Pointer;
  copyIn(to: Pointer, from: Uint8Array, bytes: number): void;
  copyOut(to: Uint8Array, from: Pointer, bytes: number): void;
  stringCopy(element: Pointer, text: Uint8Array, bytes: number): void;
  /** glibc's malloc_trim: gives memory that is free back to the system. */
  trimMemory: AsyncFunction;
  loadSession: AsyncFunction;
  runSession: AsyncFunction;
  closeSession: AsyncFunction;
  deleteSession: AsyncFunction;
}

let opened: { library: EngineLibrary; api: CApi } | undefined;

/** Opens TensorFlow's library once per process. Throws when another copy of it is open already, or when it cannot be loaded. */
export function openLibrary(library: EngineLibrary): CApi {
  if (opened !== undefined) {
    if (opened.library.tensorflow !== library.tensorflow)
      throw new Error(
        `TensorFlow is open from ${opened.library.tensorflow}; one process cannot open ${library.tensorflow} too`,
      );
    return opened.api;
  }
  // eslint-disable-next-line no-restricted-properties -- the library reads this process's environment itself
  keepToPlainKernels(process.env);
  pin(library);
  // The framework library first, with global symbols: the other one leaves them undefined and expects to find them.
  koffi.load(library.framework, { global: true });
  const api = declare(koffi.load(library.tensorflow, { global: true }));
  opened = { library, api };
  return api;
}

/** `dlopen` modes (dlfcn.h): RTLD_NOW, RTLD_GLOBAL, RTLD_NODELETE. */
const PINNED = 0x2 | 0x100 | 0x1000;

/**
 * koffi closes its libraries when a thread's JavaScript ends; TensorFlow's own threads still run then, and would find their
 * code gone. So they are also opened in a way that cannot be closed. A failure shows in koffi's own load, with the reason.
 */
function pin(library: EngineLibrary): void {
  const dlopen = koffi.load('libc.so.6').func('uintptr_t dlopen(const char *, int)');
  for (const path of [library.framework, library.tensorflow]) dlopen(path, PINNED);
}

function declare(lib: ReturnType<typeof koffi.load>): CApi {
  // Handles are declared as integers: no wrapper object to collect for each, and two handles compare with ===.
  const p = 'uintptr_t';
  const fn = (name: string, result: string, parameters: string[]): ReturnType<typeof lib.func> =>
    lib.func(name, result, parameters);
  return {
    version: fn('TF_Version', 'str', []),
    newStatus: fn('TF_NewStatus', p, []),
    deleteStatus: fn('TF_DeleteStatus', 'void', [p]),
    statusCode: fn('TF_GetCode', 'int', [p]),
    statusMessage: fn('TF_Message', 'str', [p]),
    newBuffer: (() => {
      const create = fn('TF_NewBufferFromString', p, ['void *', 'size_t']);
      return (bytes: Uint8Array) => create(bytes, bytes.length) as Pointer;
    })(),
    newEmptyBuffer: fn('TF_NewBuffer', p, []),
    deleteBuffer: fn('TF_DeleteBuffer', 'void', [p]),
    newSessionOptions: fn('TF_NewSessionOptions', p, []),
    deleteSessionOptions: fn('TF_DeleteSessionOptions', 'void', [p]),
    setConfig: fn('TF_SetConfig', 'void', [p, 'void *', 'size_t', p]),
    newGraph: fn('TF_NewGraph', p, []),
    deleteGraph: fn('TF_DeleteGraph', 'void', [p]),
    operationByName: fn('TF_GraphOperationByName', p, [p, 'str']),
    allocateTensor: fn('TF_AllocateTensor', p, ['int', 'void *', 'int', 'size_t']),
    deleteTensor: fn('TF_DeleteTensor', 'void', [p]),
    tensorType: fn('TF_TensorType', 'int', [p]),
    rank: fn('TF_NumDims', 'int', [p]),
    dim: fn('TF_Dim', 'int64_t', [p, 'int']),
    tensorBytes: fn('TF_TensorByteSize', 'size_t', [p]),
    tensorData: fn('TF_TensorData', p, [p]),
    // Two views of one libc function, found through the library's own dependencies: native memory is copied, never
    // mapped into JavaScript, so no view can outlive the tensor it looks at.
    copyIn: fn('memcpy', 'void', [p, 'void *', 'size_t']),
    copyOut: fn('memcpy', 'void', ['void *', p, 'size_t']),
    stringCopy: fn('TF_StringCopy', 'void', [p, 'void *', 'size_t']),
    trimMemory: koffi.load('libc.so.6').func('int malloc_trim(size_t)'),
    loadSession: fn('TF_LoadSessionFromSavedModel', p, [p, p, 'str', 'str *', 'int', p, p, p]),
    runSession: fn('TF_SessionRun', 'void', [
      p,
      p,
      'void *',
      'void *',
      'int',
      'void *',
      'void *',
      'int',
      p,
      'int',
      p,
      p,
    ]),
    closeSession: fn('TF_CloseSession', 'void', [p, p]),
    deleteSession: fn('TF_DeleteSession', 'void', [p, p]),
  };
}
