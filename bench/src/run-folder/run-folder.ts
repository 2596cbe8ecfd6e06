import { appendFile, mkdir, readFile, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { studyRecordSchema, trialRecordSchema, type StudyRecord, type TrialRecord } from '../record/index.js';
import { parseRecord } from './parse-record.js';
import { UnwritableError } from './unwritable.js';
import { writeAtomically } from './write-atomically.js';

/**
 * The files of one run. study.json is always whole (written beside, then renamed); trials.jsonl and the sample files only
 * grow. So whatever kills a run, what was measured until then can be read again.
 */
export class RunFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Makes `<parent>/<id>/` with its sub-folders. Throws when it exists: a run never overwrites another. */
  static async create(parent: string, id: string): Promise<RunFolder> {
    const folder = new RunFolder(join(parent, id));
    try {
      await mkdir(parent, { recursive: true });
      for (const path of [folder.path, folder.samples, folder.logs]) await mkdir(path);
    } catch (cause) {
      throw new UnwritableError(folder.path, cause, '; --out names another folder');
    }
    return folder;
  }

  static at(path: string): RunFolder {
    return new RunFolder(path);
  }

  get samples(): string {
    return join(this.path, 'samples');
  }

  get logs(): string {
    return join(this.path, 'logs');
  }

  /** What other tools read of a run; made from the samples, so that it can be thrown away. */
  get percentiles(): string {
    return join(this.path, 'percentiles');
  }

  async writeStudy(study: StudyRecord): Promise<void> {
    await writeAtomically(join(this.path, 'study.json'), `${JSON.stringify(study, undefined, 2)}\n`);
  }

  /** Throws when there is no study in it, or its record is of another format: then it says which version can read it. */
  async readStudy(): Promise<StudyRecord> {
    const file = join(this.path, 'study.json');
    const text = await readFile(file, 'utf8').catch((cause: unknown) => {
      throw new Error(`${this.path} is not a run folder: it has no study.json`, { cause });
    });
    return parseRecord(file, text, studyRecordSchema, (record) => {
      if (record === undefined) return 'restore it from a copy, or measure again';
      const writer = z.object({ versions: z.object({ study: z.string() }) }).safeParse(record).data?.versions.study;
      const version = writer === undefined ? 'the version that wrote it' : `version ${writer}, which wrote it`;
      return `another version of this study made the run. Make its report with ${version}, or measure again`;
    });
  }

  /** Takes away a last line that a kill cut off: what is appended to it could never be read. */
  async mendTrials(): Promise<void> {
    const file = join(this.path, 'trials.jsonl');
    const bytes = await orWhenThereIsNone(readFile(file), Buffer.alloc(0));
    const whole = bytes.lastIndexOf('\n') + 1;
    if (whole < bytes.length) await truncate(file, whole);
  }

  /** Appends the trials of one block. What a full disk takes of them is taken away again. */
  async appendTrials(trials: readonly TrialRecord[]): Promise<void> {
    const file = join(this.path, 'trials.jsonl');
    const { size } = await orWhenThereIsNone(stat(file), { size: 0 });
    try {
      await appendFile(file, trials.map((trial) => `${JSON.stringify(trial)}\n`).join(''));
    } catch (cause) {
      await truncate(file, size).catch(() => undefined);
      throw new UnwritableError(file, cause);
    }
  }

  /**
   * The trials that ended. A last line that a kill cut off is left out: its samples file is ignored too. Of a block that was
   * measured again after a resume the later trials count.
   */
  async readTrials(): Promise<TrialRecord[]> {
    const file = join(this.path, 'trials.jsonl');
    const text = await orWhenThereIsNone(readFile(file, 'utf8'), '');
    const trials = new Map<string, TrialRecord>();
    for (const [at, line] of text.split('\n').slice(0, -1).entries()) {
      const trial = trialIn(line, `line ${at + 1} of ${file}`);
      if (!trial.cut || trials.get(trial.id)?.cut !== false) trials.set(trial.id, trial);
    }
    return [...trials.values()];
  }
}

/** A file that is there and cannot be read is not an empty one: its trials would be measured again. */
async function orWhenThereIsNone<T, N>(read: Promise<T>, none: N): Promise<T | N> {
  return await read.catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return none;
    throw error;
  });
}

function trialIn(line: string, where: string): TrialRecord {
  const again = 'delete it, and --resume measures its block again';
  try {
    const { data, error } = trialRecordSchema.safeParse(JSON.parse(line));
    if (data !== undefined) return data;
    throw new Error(
      `${where} is no record of a trial as this version writes them: make the report with the version that made the run; or ${again}\n${z.prettifyError(error)}`,
    );
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new Error(`${where} is damaged: ${again}`, { cause });
  }
}
