import { openOwnModel } from '../own-model/open-own-model.js';
import type { OwnModel } from '../record/index.js';
import { deriveSeed } from '../random/index.js';
import { openZoo, type Zoo } from '../run/zoo.js';
import type { RunOptions } from './run-options.js';

/** Opens what the study is about: the user's own model, or those of this project. `before`: the model of the run that goes on. */
export async function openSubject(
  { asked: { model, seed }, progress, signal }: RunOptions,
  before: OwnModel | undefined,
): Promise<Zoo & AsyncDisposable> {
  if (model === undefined) return { ...(await openZoo()), [Symbol.asyncDispose]: () => Promise.resolve() };
  const opened = await openOwnModel({
    model,
    before,
    seed: deriveSeed(seed, 4),
    onProgress: progress.now,
    signal,
  });
  for (const { output, reason } of opened.own?.varies ?? [])
    progress.say(`Output ${output} differs from call to call (${reason}): only how many values it has is checked.`);
  return opened;
}
