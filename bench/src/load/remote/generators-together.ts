import { rm } from 'node:fs/promises';
import type { Generator, TrialHooks } from '../generator.js';
import type { TrialOutcome } from '../trial-outcome.js';
import type { TrialSpec } from '../trial-spec.js';
import { deal } from './deal.js';
import { findGenerators } from './find-generators.js';
import type { Credentials } from './handshake.js';
import { mergeOutcomes, mergeSamples } from './merge.js';
import { connectGenerator, type RemoteGenerator } from './remote-generator.js';

/** Generators on other machines as one: `host:port,...` or `dns:name:port`. Throws Error when one of them cannot be had. */
export async function connectGenerators(
  text: string,
  own: Credentials,
): Promise<Generator & { readonly addresses: readonly string[] }> {
  const addresses = await findGenerators(text);
  const met = await Promise.allSettled(addresses.map((address) => connectGenerator(address, own)));
  const generators = met.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const [failure] = met.flatMap((each) => (each.status === 'rejected' ? [each.reason as Error] : []));
  const close = async (): Promise<void> => {
    await Promise.all(generators.map((each) => each[Symbol.asyncDispose]()));
  };
  if (failure !== undefined) {
    await close();
    throw failure;
  }
  return {
    addresses,
    runTrial: (spec, hooks = {}) => runTogether(generators, spec, hooks),
    closeConnections: () => {
      for (const each of generators) each.closeConnections();
    },
    // one after the other: some may share a machine
    measureFloors: async (kinds) => {
      const floors = [];
      for (const each of generators) floors.push(...(await each.measureFloors(kinds)));
      return floors;
    },
    [Symbol.asyncDispose]: close,
  };
}

/**
 * Each runs its part. All windows begin when the last has warmed up: all are told then, and no clocks are compared. When one
 * fails the others are cut, and the trial leaves nothing.
 */
async function runTogether(
  generators: readonly RemoteGenerator[],
  spec: TrialSpec,
  hooks: TrialHooks,
): Promise<TrialOutcome> {
  const parts = deal(spec, generators.length).flatMap((part, at) => {
    const generator = generators[at];
    return part === undefined || generator === undefined ? [] : [{ generator, spec: part }];
  });
  const stop = new AbortController();
  const cut = (): void => {
    stop.abort();
  };
  if (hooks.signal?.aborted === true) cut();
  hooks.signal?.addEventListener('abort', cut);
  const warm = whenAll(parts.length);
  let [started, ended] = [0, 0];
  const outcomes = new Map<string, TrialOutcome>();
  const trials = parts.map(async ({ generator, spec: part }) => {
    try {
      const outcome = await generator.runTrial(part, {
        signal: stop.signal,
        waitForOthers: warm,
        onWindowStart: (start) => {
          if ((started += 1) === 1) hooks.onWindowStart?.(start);
        },
        onWindowEnd: () => {
          if ((ended += 1) === parts.length) hooks.onWindowEnd?.();
        },
      });
      outcomes.set(generator.address, outcome);
    } catch (error) {
      cut();
      throw error;
    }
  });
  try {
    const failure = (await Promise.allSettled(trials)).find((each) => each.status === 'rejected');
    if (failure !== undefined) throw failure.reason as Error;
    const files = parts.map(({ spec: { samplesFile } }) => samplesFile);
    await mergeSamples(files, spec.samplesFile, spec);
    return mergeOutcomes(outcomes);
  } finally {
    hooks.signal?.removeEventListener('abort', cut);
    await Promise.all(parts.map(({ spec: { samplesFile } }) => rm(samplesFile, { force: true })));
  }
}

/** Resolves for all who wait once so many do. */
function whenAll(count: number): () => Promise<void> {
  let missing = count;
  let open: () => void = () => undefined;
  const all = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    missing -= 1;
    if (missing === 0) open();
    return all;
  };
}
