import { dirname } from 'node:path';
import { askedSchema, type Asked, type ServingSource, type StudyRecord } from '../record/index.js';
import { RunFolder } from '../run-folder/index.js';
import { occupy } from './occupy.js';
import { optionName, type RunOptions } from './run-options.js';

/**
 * Keeps the run to go on with for this process, until it is disposed of. To be done before its record is read: whoever had it until
 * now may have changed that. Undefined where there is none, or nothing will be written. @throws Error while another process has it.
 */
export async function claimResumed({
  resume,
  dryRun,
}: Pick<RunOptions, 'resume' | 'dryRun'>): Promise<AsyncDisposable | undefined> {
  if (resume === undefined || dryRun) return undefined;
  await RunFolder.at(resume).readStudy(); // no claim is left in a folder that holds no run
  return await occupy(resume);
}

/**
 * The options of a run to go on with: what it was asked for. @throws Error, naming the option, for one that was typed and says
 * otherwise.
 */
export async function resumedOptions(
  options: RunOptions,
): Promise<{ readonly options: RunOptions; readonly record: StudyRecord | undefined }> {
  const { resume, given, out, asked: now } = options;
  if (resume === undefined) return { options, record: undefined };
  const record = await RunFolder.at(resume).readStudy();
  const { asked } = record;
  if (asked === undefined)
    throw new Error(`--resume ${resume}: that run is of an older version, which did not say what it was asked for`);
  if (now.program !== asked.program)
    throw new Error(
      `--resume ${resume}: npm run ${asked.program} began that run, npm run ${now.program} cannot go on with it`,
    );
  for (const key of askedSchema.keyof().options) {
    const name = optionName(key);
    if (given.has(key) && said(now[key]) !== said(asked[key]))
      throw new Error(
        `${name}: the run in ${resume} had ${said(asked[key])}, not ${said(now[key])}; leave ${name} out, or begin a new run`,
      );
  }
  if (given.has('out') && out !== dirname(resume))
    throw new Error(`--out: the run goes on in ${resume}; leave --out out, or begin a new run`);
  return { options: { ...options, asked }, record };
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
  for (const [name, what] of [
    ['study', 'this project at'],
    ['node', 'Node'],
    ['engine', 'the engine'],
  ] as const)
    refuse(what, record.versions[name] ?? 'an unknown version', versions[name] ?? 'an unknown version');
}

function said(value: Asked[keyof Asked]): string {
  if (value === undefined) return 'none';
  if (typeof value === 'object' && 'path' in value) return JSON.stringify(value);
  return Array.isArray(value) ? [...value].sort().join() : String(value);
}
