import type { StudyRecord } from '../record/index.js';
import type { RunFolder } from '../run-folder/index.js';

/** Holds the record of a run. Each change is in study.json when it returns. */
export class Keeper {
  readonly #folder: RunFolder;
  #record: StudyRecord;

  constructor(folder: RunFolder, record: StudyRecord) {
    this.#folder = folder;
    this.#record = record;
  }

  get record(): StudyRecord {
    return this.#record;
  }

  async save(change: Partial<StudyRecord>): Promise<void> {
    this.#record = { ...this.#record, ...change };
    await this.#folder.writeStudy(this.#record);
  }

  /** A subject that will not be measured in this run, with the reason; each once. */
  async leaveOut(entry: StudyRecord['notTested'][number]): Promise<void> {
    const others = this.#record.notTested.filter(({ subject }) => subject !== entry.subject);
    await this.save({ notTested: [...others, entry] });
  }

  /** Something that happened to a contestant on the way. */
  async note(contestant: string, what: string): Promise<void> {
    const event = { at: new Date().toISOString(), contestant, what };
    await this.save({ events: [...(this.#record.events ?? []), event] });
  }
}
