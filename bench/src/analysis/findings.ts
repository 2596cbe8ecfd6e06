import type { SampleTable } from '../samples/index.js';
import type { CellResult, ModelFacts, StudyRecord, TrialRecord } from '../record/index.js';

/** Everything an analysis or a claim may look at: records of one run, nothing upstream of them. */
export class Findings {
  readonly study: StudyRecord;
  readonly cells: readonly CellResult[];
  readonly trials: readonly TrialRecord[];
  readonly #samples: (trial: TrialRecord) => Promise<SampleTable>;

  constructor(
    study: StudyRecord,
    cells: readonly CellResult[],
    trials: readonly TrialRecord[],
    samples: (trial: TrialRecord) => Promise<SampleTable>,
  ) {
    this.study = study;
    this.cells = cells;
    this.trials = trials;
    this.#samples = samples;
  }

  /** Cells of an experiment that were measured at all, in the order of the plan. */
  of(experiment: string): readonly CellResult[] {
    return this.cells.filter(({ cell, trials }) => cell.experiment === experiment && trials.length > 0);
  }

  /** The cell of a contestant that matches; undefined when it was not measured. */
  find(
    experiment: string,
    contestant: string,
    matches: (cell: CellResult['cell']) => boolean = () => true,
  ): CellResult | undefined {
    return this.of(experiment).find(({ cell }) => cell.contestant === contestant && matches(cell));
  }

  /** Why a contestant or an experiment could not be run; undefined when it could. */
  notTested(subject: string): string | undefined {
    return this.study.notTested.find((each) => each.subject === subject)?.reason;
  }

  model(name: string): ModelFacts | undefined {
    return this.study.models?.find((facts) => facts.name === name);
  }

  label(contestant: string): string {
    return this.study.contestants.find(({ id }) => id === contestant)?.label ?? contestant;
  }

  /** Whether what stands behind the TensorFlow Serving rows is the stand-in. */
  get standin(): boolean {
    return this.study.serving.kind === 'stand-in';
  }

  /** CPUs that the load generator had for itself (method rule 19); undefined where it shared those of the servers. */
  get generatorCpus(): string | undefined {
    const told = this.study.machine['CPUs of the load generator'];
    return told !== undefined && /^\d/.test(told) ? told : undefined;
  }

  samples(trial: TrialRecord): Promise<SampleTable> {
    return this.#samples(trial);
  }
}
