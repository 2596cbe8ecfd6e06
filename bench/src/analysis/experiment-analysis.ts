import type { ExperimentResult } from '../record/index.js';
import type { Findings } from './findings.js';
import { recorded, type Told } from './told.js';

/** The reading side of an experiment: records in, one chapter of the report out. */
export interface ExperimentAnalysis {
  readonly id: string;
  readonly title: string;
  readonly question: string;
  readonly hypothesis: string;
  /** Called only when the experiment has cells or an observation to read. */
  analyse(findings: Findings): Told | Promise<Told>;
}

/** The chapter of an experiment, also of one that was not or only partly run. */
export async function chapter(analysis: ExperimentAnalysis, findings: Findings): Promise<ExperimentResult> {
  const { id, title, question, hypothesis } = analysis;
  const base = { id, title, question, hypothesis };
  const planned = findings.study.plan.cells.filter(({ experiment }) => experiment === id);
  const measured = findings.of(id);
  const observed = findings.study.observations[id] !== undefined;
  if (measured.length === 0 && !observed) {
    const reason = findings.notTested(id) ?? findings.study.interrupted ?? 'none of its cells was measured';
    return {
      ...base,
      status: 'not-tested',
      reason,
      done: 'Nothing was measured.',
      answer: [{ text: 'Not tested.', contestants: [] }],
      meaning: '–',
      charts: [],
      tables: [],
    };
  }
  const told = recorded(await analysis.analyse(findings), findings);
  if (measured.length < planned.length)
    return {
      ...base,
      status: 'partly',
      reason: `${measured.length} of ${planned.length} cells were measured`,
      ...told,
    };
  return { ...base, status: 'measured', ...told };
}
