import koffi from 'koffi';
import type { Flags } from './flags.js';

const VARIABLE = 'UV_THREADPOOL_SIZE';
/** libuv takes no more. */
const MAX_THREADS = 1024;
/** File system calls, name look-ups and the loading of models go through the same pool as the runs. */
const MARGIN = 8;
/** fcntl.h: set the flags of a descriptor. */
const F_SETFD = 2;

/**
 * Threads for as many runs at the same time as the real server has threads for requests: a run occupies one thread of libuv's
 * pool from its start to its end.
 */
export function threadPoolSize(flags: Flags): number {
  const loads = Math.max(flags.num_load_threads, flags.num_unload_threads, 0);
  return Math.min(
    MAX_THREADS,
    Math.max(1, flags.grpc_max_threads) + Math.max(1, flags.rest_api_num_threads) + loads + MARGIN,
  );
}

/**
 * Starts this program again, in this very process, with a thread pool of that size. libuv fixes the size when the pool is
 * first used, and Node's module loader uses it before any code of ours runs; so the only way in is the environment of a fresh
 * start. The process keeps its id, parent and streams. Does nothing when the variable is set already.
 */
export function restartWithThreadPool(size: number, env: NodeJS.ProcessEnv): void {
  if (env[VARIABLE] !== undefined) return;
  const libc = koffi.load(null);
  const fcntl = libc.func('int fcntl(int descriptor, int command, ...)');
  const execve = libc.func('int execve(const char *path, const char **arguments, const char **environment)');
  // Node marks its standard streams to be closed by execve
  for (const descriptor of [0, 1, 2]) fcntl(descriptor, F_SETFD, 'int', 0);
  const variables = Object.entries({ ...env, [VARIABLE]: String(size) }).map(([name, value]) => `${name}=${value}`);
  const program = process.execPath;
  execve(program, [program, ...process.execArgv, ...process.argv.slice(1), null], [...variables, null]);
  throw new Error('execve came back: this program could not be started again');
}
