import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import koffi from 'koffi';

/** `flock` operations (sys/file.h). */
const EXCLUSIVE = 2;
const NON_BLOCKING = 4;
const RETRY_MS = 200;

/** Held until released or until this process, and every process it gave `descriptor` to, has ended. */
export interface SetupLock extends AsyncDisposable {
  /** Pass it to children: if this process is killed they keep the lock until they too are gone. */
  readonly descriptor: number;
}

export interface LockOptions {
  readonly signal?: AbortSignal;
  /** Called once when another process holds the lock. */
  readonly onWait?: (holderPid: string) => void;
}

/**
 * Waits for the kernel's lock on `path`. The kernel drops it when its holder ends in whatever way, so a killed run leaves no
 * stale lock behind and no age has to be guessed, which is what lock files need.
 */
export async function acquireSetupLock(path: string, options: LockOptions = {}): Promise<SetupLock> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'a+');
  try {
    await waitForLock(file, options);
    await file.truncate(0);
    await file.write(`${process.pid}\n`);
  } catch (error) {
    await file.close();
    throw error;
  }
  return { descriptor: file.fd, [Symbol.asyncDispose]: () => file.close() };
}

async function waitForLock(file: FileHandle, { signal, onWait }: LockOptions): Promise<void> {
  const flock = koffi.load('libc.so.6').func('int flock(int, int)') as unknown as (
    descriptor: number,
    operation: number,
  ) => number;
  let told = false;
  while (flock(file.fd, EXCLUSIVE | NON_BLOCKING) !== 0) {
    const { EWOULDBLOCK } = koffi.os.errno;
    if (koffi.errno() !== EWOULDBLOCK) throw new Error(`cannot lock: flock failed with error number ${koffi.errno()}`);
    if (!told) onWait?.((await file.readFile('utf8')).trim());
    told = true;
    await delay(RETRY_MS, undefined, signal === undefined ? {} : { signal });
  }
}
