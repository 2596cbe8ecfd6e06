import { select, type Where } from '../questions/where.js';
import type { CellResult, ModelFacts, StudyRecord } from '../record/index.js';

/** Everything that a verdict or a chapter may look at: records of one run, nothing upstream of them. */
export class Findings {
  readonly study: StudyRecord;
  readonly cells: readonly CellResult[];

  readonly models: ReadonlyMap<string, ModelFacts>;

  constructor(study: StudyRecord, cells: readonly CellResult[]) {
    this.study = study;
    this.cells = cells;
    this.models = new Map((study.models ?? []).map((facts) => [facts.name, facts]));
  }

  /** Cells of an experiment that were measured at all, in the order of the plan. */
  of(experiment: string): readonly CellResult[] {
    return this.cells.filter(({ cell, trials }) => cell.experiment === experiment && trials.length > 0);
  }

  /**
   * The cell that `where` names; undefined when it was not measured. The most and the least are those of the plan: of what was
   * measured they might be one and the same, or another one for each contestant.
   */
  find(experiment: string, where: Where): CellResult | undefined {
    const planned = this.cells.flatMap(({ cell }) => (cell.experiment === experiment ? cell : []));
    const named = select(planned, where, this.models);
    return this.of(experiment).find(({ cell }) => cell === named);
  }

  /** Why a contestant or an experiment could not be run; undefined when it could. */
  notTested(subject: string): string | undefined {
    return this.study.notTested.find((each) => each.subject === subject)?.reason;
  }

  label(contestant: string): string {
    return this.study.contestants.find(({ id }) => id === contestant)?.label ?? contestant;
  }

  /** Whether a contestant's answers came from the stand-in. */
  isStandin(contestant: string): boolean {
    return this.study.contestants.find(({ id }) => id === contestant)?.backend === 'stand-in';
  }
}
