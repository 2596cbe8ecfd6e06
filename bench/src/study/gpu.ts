import { existsSync } from 'node:fs';
import { engineDistribution } from './engine-facts.js';

/** Made by NVIDIA's driver for the first GPU; the only kind that TensorFlow's wheels know. */
const DEVICE = '/dev/nvidia0';

/** Why no GPU can be measured here; undefined when one can. */
export async function whyNoGpu(): Promise<string | undefined> {
  if (!existsSync(DEVICE)) return `this machine has no GPU that TensorFlow knows (no ${DEVICE})`;
  return (await engineDistribution()) === 'tensorflow-cpu'
    ? 'the engine in use is built for CPUs: run npm run setup -- --distribution tensorflow==2.21.0'
    : undefined;
}
