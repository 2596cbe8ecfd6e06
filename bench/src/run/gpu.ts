import { existsSync } from 'node:fs';
import { readdir, readlink } from 'node:fs/promises';
import type { RunningInstance } from '../contestants/index.js';
import { ownEngine } from './engine-facts.js';

/** Made by NVIDIA's driver for the first GPU; the only kind that TensorFlow's wheels know. */
const DEVICE = '/dev/nvidia0';

/** Why no GPU can be measured here; undefined when one can. */
export async function whyNoGpu(): Promise<string | undefined> {
  if (!existsSync(DEVICE)) return `this machine has no GPU that TensorFlow knows (no ${DEVICE})`;
  return (await ownEngine())?.distribution === 'tensorflow-cpu'
    ? 'the engine in use is built for CPUs: run npm run setup -- --distribution tensorflow==2.21.0'
    : undefined;
}

/**
 * Throws unless an instance that was asked to run on the GPU does: where TensorFlow cannot load CUDA it runs on the CPU and only
 * its log says so (method rule 20). A process that computes on the GPU has its device open.
 */
export async function checkDevice({ launch, processes }: RunningInstance): Promise<void> {
  if (launch.factors['device'] !== 'gpu') return;
  const open = await Promise.all(processes.map(({ pid }) => hasOpen(pid, DEVICE).catch(() => undefined)));
  if (open.includes(true)) return;
  throw new Error(
    open.every((each) => each === false) && open.length > 0
      ? `it was to run on the GPU and runs on the CPU (${DEVICE} is not open): its log says why`
      : 'whether it runs on the GPU cannot be told: its processes are not to be seen from here',
  );
}

/** Whether a process has a file open. Rejects for a process that does not exist or belongs to somebody else. */
export async function hasOpen(pid: number, path: string): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const targets = (await readdir(folder)).map((fd) => readlink(`${folder}/${fd}`).catch(() => undefined));
  return (await Promise.all(targets)).includes(path);
}
