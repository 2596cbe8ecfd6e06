import { generatorPinning, type Fleet } from '../contestants/index.js';
import { startGenerator } from '../load/index.js';
import type { ServingSource, StudyRecord } from '../record/index.js';
import { engineFacts } from '../run/engine-facts.js';
import { describeMachine, describeVersions } from '../run/machine.js';
import { humanDuration } from '../run/progress.js';
import { LONGEST_WARM_UP_MS } from '../run/warm-up.js';
import { RunFolder } from '../run-folder/index.js';
import { runStudy } from '../run/run-study.js';
import type { Zoo } from '../run/zoo.js';
import { experimentsOf, type PlannedRun } from './plan-run.js';
import type { RunOptions } from './run-options.js';

export interface Measurement {
  readonly options: RunOptions;
  readonly zoo: Zoo;
  readonly planned: PlannedRun;
  readonly source: ServingSource;
  readonly openFleet: (logFolder: string) => Fleet;
}

/** Runs a plan, or the rest of one, and leaves everything in the run folder it returns. */
export async function measure(measurement: Measurement): Promise<RunFolder> {
  const { options, zoo, planned, source, openFleet } = measurement;
  const { folder, record } = await openRun(measurement);
  const { progress } = options;
  progress.say(
    `${record.plan.cells.length} cells, about ${humanDuration(record.plan.expectedMs)}; files go to ${folder.path}`,
  );
  const unbuilt = await zoo.ensure(
    record.plan.cells.map(({ condition }) => condition.model),
    (text) => {
      progress.now(text);
    },
    options.signal,
  );
  const fleet = openFleet(folder.logs);
  const facts = await engineFacts(source, zoo);
  try {
    await using generator = await startGenerator(generatorPinning());
    await runStudy({
      folder,
      record: withoutModels(record, unbuilt),
      experiments: experimentsOf(record.plan),
      contestants: planned.contestants,
      fleet,
      generator,
      longestWarmUpMs: LONGEST_WARM_UP_MS[record.plan.profile] * options.timeFactor,
      golden: zoo.golden,
      modelBasePath: zoo.basePath,
      ledgerFacts: facts,
      progress,
      signal: options.signal,
    });
  } finally {
    progress.now('stopping the servers');
    await fleet.stop();
  }
  return folder;
}

async function openRun({
  options,
  planned,
  source,
  zoo,
}: Measurement): Promise<{ folder: RunFolder; record: StudyRecord }> {
  if (options.resume !== undefined) {
    const folder = RunFolder.at(options.resume);
    const { endedAt: _, interrupted: __, ...record } = await folder.readStudy();
    if (record.serving.kind !== source.kind)
      throw new Error(
        `that run had TensorFlow Serving as ${record.serving.kind}, here it is ${source.kind}: their trials cannot stand in one report`,
      );
    await folder.mendTrials();
    // What could not be started may start now: it is tried again.
    const notTested = record.notTested.filter(({ subject }) => !isStart(subject));
    return { folder, record: { ...record, notTested } };
  }
  const startedAt = new Date().toISOString();
  const id = startedAt.slice(0, 19).replaceAll(':', '-');
  return {
    folder: await RunFolder.create(options.out, id),
    record: {
      formatVersion: 1,
      id,
      command: options.command,
      startedAt,
      machine: describeMachine(),
      versions: await describeVersions(),
      serving: source,
      contestants: [],
      notTested: [...planned.notTested],
      ledger: [],
      coldStarts: [],
      plan: planned.plan,
      models: [...zoo.models.values()],
      observations: {},
    },
  };
}

/** `flask-style with fashion-cnn`: a contestant as it was to be started. */
function isStart(subject: string): boolean {
  return subject.includes(' with ');
}

/** Cells whose model could not be built are left out; the reasons stay. */
function withoutModels(record: StudyRecord, unbuilt: StudyRecord['notTested']): StudyRecord {
  const cells = record.plan.cells.filter(
    ({ condition }) => !unbuilt.some(({ subject }) => subject === condition.model),
  );
  return { ...record, notTested: [...record.notTested, ...unbuilt], plan: { ...record.plan, cells } };
}
