import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { getText } from '../../contestants/index.js';
import { jsonIn } from '../../words/json.js';

const EVERY_MS = 50;
const TIMEOUT_MS = 2000;

const statusSchema = z.object({
  model_version_status: z.array(z.object({ version: z.string(), state: z.string() })),
});

/** When the status of a model first said that a version is available, on this process's clock in ms; undefined: never. */
export async function whenAvailable(url: string, version: number, signal: AbortSignal): Promise<number | undefined> {
  while (!signal.aborted) {
    if (await isAvailable(url, version)) return performance.now();
    await delay(EVERY_MS);
  }
  return undefined;
}

/** A server that is being replaced answers nothing. */
async function isAvailable(url: string, version: number): Promise<boolean> {
  const { status, text } = await getText(url, TIMEOUT_MS).catch(() => ({ status: 0, text: '' }));
  const { data } = statusSchema.safeParse(jsonIn(text));
  return (
    status === 200 &&
    data?.model_version_status.some((each) => each.version === String(version) && each.state === 'AVAILABLE') === true
  );
}
