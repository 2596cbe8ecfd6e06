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

  /** The measured cell that `where` names; undefined when there is none. */
  find(experiment: string, where: Where): CellResult | undefined {
    return this.#result(
      select(
        this.of(experiment).map(({ cell }) => cell),
        where,
        this.models,
      ),
    );
  }

  /** The two cells that a claim compares, as far as they were measured. */
  compared(
    experiment: string,
    { of, over }: { readonly of: Where; readonly over: Where },
  ): readonly [CellResult | undefined, CellResult | undefined] {
    return [this.find(experiment, of), this.find(experiment, { ...of, ...over })];
  }

  /** Why a contestant or an experiment could not be run; undefined when it could. */
  notTested(subject: string): string | undefined {
    return this.study.notTested.find((each) => each.subject === subject)?.reason;
  }

  model(name: string): ModelFacts | undefined {
    return this.models.get(name);
  }

  label(contestant: string): string {
    return this.study.contestants.find(({ id }) => id === contestant)?.label ?? contestant;
  }

  /** Whether a contestant's answers came from the stand-in. */
  isStandin(contestant: string): boolean {
    return this.study.contestants.find(({ id }) => id === contestant)?.backend === 'stand-in';
  }

  #result(cell: CellResult['cell'] | undefined): CellResult | undefined {
    return cell === undefined ? undefined : this.cells.find((each) => each.cell === cell);
  }
}
