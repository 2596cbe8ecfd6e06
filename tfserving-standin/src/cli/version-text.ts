import { readFile } from 'node:fs/promises';
import { requireEngine } from '@serving-study/runtime';

/** Two lines as the real server prints them, with the stand-in's own name. */
export async function versionText(): Promise<string> {
  const manifest = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const tensorflow = await requireEngine().then(
    ({ version }) => version,
    (error: unknown) => `not available (${error instanceof Error ? error.message : String(error)})`,
  );
  return `tfserving-standin: ${manifest.version}\nTensorFlow Library: ${tensorflow}`;
}
