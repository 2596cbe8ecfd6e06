import { openOwnModel } from '../own-model/open-own-model.js';
import { deriveSeed } from '../random/index.js';
import { openZoo, type Zoo } from '../run/zoo.js';
import type { RunOptions } from './run-options.js';

/** Opens what the study is about: the user's own model, or those of this project. */
export async function openSubject({ model, seed, progress, signal }: RunOptions): Promise<Zoo & AsyncDisposable> {
  if (model === undefined) return { ...(await openZoo()), [Symbol.asyncDispose]: () => Promise.resolve() };
  const opened = await openOwnModel({
    model,
    seed: deriveSeed(seed, 4),
    onProgress: (text) => {
      progress.now(text);
    },
    signal,
  });
  for (const { output, reason } of opened.own?.varies ?? [])
    progress.say(`Output ${output} differs from call to call (${reason}): only how many values it has is checked.`);
  return opened;
}
