import { join } from 'node:path';
import { Findings } from '../judge/findings.js';
import { judgeClaims } from '../judge/judge-claims.js';
import { questionsFor } from '../questions/index.js';
import { subjectOf } from '../questions/subject.js';
import { resultsSchema, type CellResult, type Results, type StudyRecord, type TrialRecord } from '../record/index.js';
import { RunFolder, writeAtomically } from '../run-folder/index.js';
import { readSamples, tableFromSamples, type SampleTable } from '../samples/index.js';
import { judgeBytesBetweenCells, percentileTexts, sentBytes, summariseCell, type SentBytes } from '../stats/index.js';
import { chapterOf } from './chapter.js';
import { writePercentileFiles, type PercentileTexts } from './percentile-files.js';

/**
 * Computes everything the report says from the files of a run folder and writes it to results.json, whole or not at all;
 * and both latencies of the valid cells to percentiles/, for other tools.
 * The same files give the same bytes. Throws when the folder holds no run.
 */
export async function analyse(path: string): Promise<Results> {
  const folder = RunFolder.at(path);
  const study = withEnd(await folder.readStudy());
  const died = new Set(study.notTested.flatMap((each) => (each.during === 'measurement' ? [each.subject] : [])));
  const trials = (await folder.readTrials()).filter(({ cell }) => !died.has(cell));
  // A file that is damaged, gone or of another trial costs its trial, not the report: the gate that looks for a cut tells of it.
  const samplesOf = (trial: TrialRecord): Promise<SampleTable> =>
    readSamples(join(path, trial.samplesFile)).then(
      ({ identity, table }) => (identity.trial === trial.id ? table : tableFromSamples([])),
      () => tableFromSamples([]),
    );
  const summaries: CellResult[] = [];
  const texts = new Map<string, PercentileTexts>();
  const sent: SentBytes[] = [];
  // Cell by cell: samples of a whole run together may be gigabytes.
  for (const cell of study.plan.cells) {
    const own = trials.filter((trial) => trial.cell === cell.id);
    const read = await Promise.all(own.map(async (record) => ({ record, samples: await samplesOf(record) })));
    const summary = summariseCell(cell, read);
    summaries.push(summary);
    if (summary.valid) texts.set(cell.id, percentileTexts(read.filter((_, i) => summary.trials[i]?.valid)));
    const tables = read.map(({ samples }) => samples);
    sent.push(sentBytes(cell, tables));
  }
  const cells = judgeBytesBetweenCells(summaries, sent);
  const findings = new Findings(study, cells);
  const questions = questionsFor(subjectOf(study.own));
  const asked = questions.filter(
    ({ id }) => study.plan.experiments.includes(id) || findings.notTested(id) !== undefined,
  );
  for (const { cell, valid } of cells) if (!valid) texts.delete(cell.id);
  const percentileFiles = await writePercentileFiles(folder, texts);
  const results: Results = resultsSchema.parse({
    formatVersion: 2,
    study,
    cells,
    claims: judgeClaims(questions, findings),
    experiments: asked.map((question) => chapterOf(question, findings)),
    trials,
    files: [
      'study.json',
      'trials.jsonl',
      'results.json',
      ...trials.map(({ samplesFile }) => samplesFile),
      ...percentileFiles,
    ],
  });
  await writeAtomically(join(path, 'results.json'), `${JSON.stringify(results, undefined, 1)}\n`);
  return results;
}

/** The record of a run that was killed says nothing of its end. */
function withEnd(study: StudyRecord): StudyRecord {
  if (study.endedAt !== undefined) return study;
  return { interrupted: 'its end is not recorded: it was killed, or still goes on', ...study };
}
