import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { z } from 'zod';

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
  try {
    const { statusCode, body } = await request(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const { data } = statusSchema.safeParse(JSON.parse(await body.text()));
    return (
      statusCode === 200 &&
      data?.model_version_status.some((each) => each.version === String(version) && each.state === 'AVAILABLE') === true
    );
  } catch {
    return false;
  }
}
