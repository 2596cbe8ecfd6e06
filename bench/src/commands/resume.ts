import { dirname } from 'node:path';
import type { Asked, ServingSource, StudyRecord } from '../record/index.js';
import { RunFolder } from '../run-folder/index.js';
import { optionName, type RunOptions } from './run-options.js';

/** What this command line asks for, as a record keeps it. `targets`: addresses by contestant. */
export function askedOf(options: RunOptions, targets?: ReadonlyMap<string, string>): Asked {
  const { profile, only, contestants, seed, timeFactor, model, generators } = options;
  return {
    program: targets === undefined ? 'study' : 'bench',
    profile,
    ...(only === undefined ? {} : { only: [...only] }),
    ...(contestants === undefined ? {} : { contestants: [...contestants] }),
    ...(targets === undefined ? {} : { targets: [...targets].map(([id, address]) => `${id}=${address}`).sort() }),
    ...(generators === undefined ? {} : { generators }),
    seed,
    timeFactor,
    ...(model === undefined ? {} : { model }),
  };
}

/**
 * The options of a run to go on with: its own. @throws Error, naming the option, for one that was typed and says otherwise.
 */
export async function resumedOptions(
  options: RunOptions,
  targets?: ReadonlyMap<string, string>,
): Promise<{ readonly options: RunOptions; readonly record: StudyRecord | undefined }> {
  if (options.resume === undefined) return { options, record: undefined };
  const record = await RunFolder.at(options.resume).readStudy();
  const { asked } = record;
  if (asked === undefined)
    throw new Error(
      `--resume ${options.resume}: that run is of an older version, which did not say what it was asked for`,
    );
  const now = askedOf(options, targets);
  if (now.program !== asked.program)
    throw new Error(
      `--resume ${options.resume}: npm run ${asked.program} began that run, npm run ${now.program} cannot go on with it`,
    );
  for (const key of [
    'profile',
    'only',
    'contestants',
    'seed',
    'timeFactor',
    'targets',
    'generators',
    'model',
  ] as const) {
    const name = optionName(key);
    if (options.given.has(key) && said(now[key]) !== said(asked[key]))
      throw new Error(
        `${name}: the run in ${options.resume} had ${said(asked[key])}, not ${said(now[key])}; leave ${name} out, or begin a new run`,
      );
  }
  if (options.given.has('out') && options.out !== dirname(options.resume))
    throw new Error(`--out: the run goes on in ${options.resume}; leave --out out, or begin a new run`);
  const { profile, seed, timeFactor, only, contestants, model, generators } = asked;
  return { options: { ...options, profile, seed, timeFactor, only, contestants, model, generators }, record };
}

/** @throws Error, naming both, where trials of two versions would stand in one report. */
export function refuseOtherVersions(
  record: StudyRecord,
  source: ServingSource,
  versions: StudyRecord['versions'],
): void {
  const refuse = (what: string, before: string, now: string): void => {
    if (before !== now)
      throw new Error(
        `that run had ${what} ${before}, here it is ${now}: their trials cannot stand in one report; begin a new run`,
      );
  };
  refuse('TensorFlow Serving as', record.serving.kind, source.kind);
  refuse('TensorFlow Serving', record.serving.version, source.version);
  if (source.kind === 'url') refuse('TensorFlow Serving at', record.serving.detail, source.detail);
  refuse(
    'this project at',
    record.versions['study'] ?? 'an unknown version',
    versions['study'] ?? 'an unknown version',
  );
}

function said(value: Asked[keyof Asked]): string {
  if (value === undefined) return 'none';
  if (typeof value === 'object' && 'path' in value) return JSON.stringify(value);
  return Array.isArray(value) ? [...value].sort().join() : String(value);
}
