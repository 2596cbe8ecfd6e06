import { appendFile, mkdir, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { studyRecordSchema, trialRecordSchema, type StudyRecord, type TrialRecord } from '../record/index.js';
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
    await mkdir(parent, { recursive: true });
    const folder = new RunFolder(join(parent, id));
    await mkdir(folder.path);
    await mkdir(folder.samples);
    await mkdir(folder.logs);
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

  /** Throws, naming the folder, when there is no study in it or its record is of another format. */
  async readStudy(): Promise<StudyRecord> {
    const file = join(this.path, 'study.json');
    const text = await readFile(file, 'utf8').catch((cause: unknown) => {
      throw new Error(`${this.path} is not a run folder: it has no study.json`, { cause });
    });
    const parsed = studyRecordSchema.safeParse(JSON.parse(text));
    if (!parsed.success) throw new Error(`${file} is not a study record of this format: ${parsed.error.message}`);
    return parsed.data;
  }

  /** Takes away a last line that a kill cut off: what is appended to it could never be read. */
  async mendTrials(): Promise<void> {
    const file = join(this.path, 'trials.jsonl');
    const bytes = await readFile(file).catch(() => Buffer.alloc(0));
    const whole = bytes.lastIndexOf('\n') + 1;
    if (whole < bytes.length) await truncate(file, whole);
  }

  async appendTrial(trial: TrialRecord): Promise<void> {
    await appendFile(join(this.path, 'trials.jsonl'), `${JSON.stringify(trial)}\n`);
  }

  /** The trials that ended. A last line that a kill cut off is left out: its samples file is ignored too. */
  async readTrials(): Promise<TrialRecord[]> {
    const text = await readFile(join(this.path, 'trials.jsonl'), 'utf8').catch(() => '');
    const ended = text.split('\n').slice(0, -1);
    return ended.map((line) => trialRecordSchema.parse(JSON.parse(line)));
  }
}
