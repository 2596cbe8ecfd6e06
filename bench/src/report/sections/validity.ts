import { isUnchecked, noneAgrees, type CellResult, type TrialRecord } from '../../record/index.js';
import {
  details,
  heading,
  paragraph,
  section,
  type Blocks,
  type Light,
  type Section,
  type TableBlock,
} from '../document/block.js';
import { code, link, type Text } from '../document/inline.js';
import { count, ms, number, tableOf, text, type Column } from '../document/table.js';
import { formatCondition } from '../../words/condition.js';
import { counted, formatCount, formatShare } from '../../words/number.js';
import { groupBy } from '../group-by.js';
import { ENGINE_ALONE } from './fairness.js';
import type { ReportContext } from './report-context.js';

interface Counts {
  readonly planned: number;
  readonly measured: readonly CellResult[];
  readonly invalid: readonly CellResult[];
  /** Questions answered without cells. */
  readonly observed: number;
}

function countsOf({ results, observed }: ReportContext): Counts {
  const measured = results.cells.filter(({ trials }) => trials.length > 0);
  return {
    planned: Math.max(results.study.plan.cells.length, results.cells.length),
    measured,
    invalid: measured.filter(({ valid }) => !valid),
    observed: observed.length,
  };
}

/** Green: every planned cell passed every gate. Red: nothing may be compared. Amber: the rest (method rules 11 and 13). */
export function validityLight(context: ReportContext): Light {
  const { study } = context.results;
  const counts = countsOf(context);
  const { planned, measured, invalid, observed } = counts;
  const tone = lightTone(context, counts);
  const missing = planned - measured.length;
  const points: (Text | false)[] = [
    passedWords(counts),
    observed > 0 && `${counted(observed, 'question was', 'questions were')} answered by observation.`,
    invalid.length > 0 && [
      `${counted(invalid.length, 'cell is', 'cells are')} INVALID and ${invalid.length === 1 ? 'decides' : 'decide'} nothing: `,
      link('why', '#gates'),
      '.',
    ],
    missing > 0 &&
      `${formatCount(missing)} of ${formatCount(planned)} planned cells ${missing === 1 ? 'was' : 'were'} not measured.`,
    parityWords(context),
    study.interrupted !== undefined && `The run ended early: ${study.interrupted}.`,
    ...(study.events ?? []).map(({ contestant, what }) => `${context.label(contestant)}: ${what}.`),
    ...[...groupBy(study.notTested, ({ reason }) => reason)].map(
      ([reason, all]) => `Not tested: ${all.map(({ subject }) => subject).join(', ')} (${reason}).`,
    ),
  ];
  const [word, title] = LIGHTS[tone];
  return {
    kind: 'light',
    tone: tone === 'mostly bad' ? 'bad' : tone,
    word,
    title,
    points: points.filter((point) => point !== false),
  };
}

const LIGHTS = {
  good: ['Green', 'Valid'],
  warn: ['Amber', 'Valid with exceptions'],
  'mostly bad': ['Red', 'Mostly not valid'],
  // The exit status says so too.
  bad: ['Red', 'Not valid'],
} as const;

function passedWords({ planned, measured, invalid, observed }: Counts): string {
  if (measured.length > 0)
    return `${formatCount(measured.length - invalid.length)} of ${formatCount(measured.length)} measured cells passed every gate.`;
  return planned === 0 && observed > 0
    ? 'No cell was planned: what was asked is observed, without the gates of cells.'
    : 'No cell was measured.';
}

function parityWords({ results }: ReportContext): string {
  const { parity } = results.study;
  if (isUnchecked(results.study))
    return 'The parity gate was not reached: nobody checked that all give the same predictions.';
  if (parity === undefined) return ENGINE_ALONE;
  if (parity.contestants.some(({ outcome }) => outcome === 'differs'))
    return 'Parity FAILED for some contestants, which are left out: the parity table tells which, and why.';
  const inputs = counted(parity.inputs, 'input');
  return parity.contestants.every(({ outcome }) => outcome === 'same')
    ? `Parity: all contestants agree on ${inputs}.`
    : `Parity: all contestants that answer agree on ${inputs}; the parity table tells who does not answer, and why.`;
}

function lightTone({ results }: ReportContext, counts: Counts): keyof typeof LIGHTS {
  const { planned, invalid, observed } = counts;
  const { parity, interrupted, notTested, events = [] } = results.study;
  const unchecked = isUnchecked(results.study);
  const measured = counts.measured.length;
  const valid = measured - invalid.length;
  const observedAlone = planned === 0 && observed > 0;
  if (noneAgrees(parity) || (!observedAlone && (unchecked || valid === 0))) return 'bad';
  if (!observedAlone && valid < measured / 2) return 'mostly bad';
  const incomplete = planned > measured || interrupted !== undefined || notTested.length > 0 || unchecked;
  return invalid.length > 0 || incomplete || events.length > 0 ? 'warn' : 'good';
}

/** Gates, what would mend each failure, and the generator's own health. */
export function validitySection(context: ReportContext): Section {
  const { invalid, measured } = countsOf(context);
  const none =
    measured.length === 0 ? 'No cell was measured, so none failed.' : 'Every measured cell passed every gate.';
  return section('validity', 'Validity', 'Validity', [
    paragraph(
      'A cell is one contestant under one load. A cell that fails a gate is INVALID: its figures are shown, but no verdict uses them (method rule 11).',
    ),
    heading('gates', 'Failed gates'),
    invalid.length === 0 ? paragraph(none) : failedGates(context, invalid),
    measured.length > 0 && details('All gates of all cells', allGates(measured)),
    heading('generator', 'Was the load generator fast enough?'),
    generatorHealth(context),
  ]);
}

const UNEXPLAINED: CellResult['gates'][number] = {
  name: 'samples',
  passed: false,
  detail: 'the cell is marked INVALID without a failed gate of its own',
};

function failedGates(context: ReportContext, invalid: readonly CellResult[]): TableBlock {
  const rows = invalid.flatMap(({ cell, gates }) => {
    const failed = gates.filter(({ passed }) => !passed);
    return (failed.length > 0 ? failed : [UNEXPLAINED]).map((gate) => ({ cell, ...gate }));
  });
  return tableOf({ caption: 'INVALID cells, why, and what would mend it', tone: () => 'bad' }, rows, [
    text('Contestant', ({ cell }) => context.label(cell.contestant)),
    text('Condition', ({ cell }) => formatCondition(cell.condition)),
    text('Gate', ({ name }) => name),
    text('What was found', ({ detail }) => detail),
    text('Remedy', ({ remedy }) => remedy ?? '–'),
  ]);
}

function allGates(measured: readonly CellResult[]): TableBlock {
  return tableOf(
    { caption: 'Gates by cell', tone: ({ passed }) => !passed && 'bad' },
    measured.flatMap(({ cell, valid, gates }) => gates.map((gate) => ({ cell, valid, ...gate }))),
    [
      text('Cell', ({ cell }) => code(cell.id)),
      text('Valid', ({ valid }) => (valid ? 'yes' : 'INVALID')),
      text('Gate', ({ name }) => name),
      text('Passed', ({ passed }) => (passed ? 'yes' : 'FAILED')),
      text('What was found', ({ detail }) => detail),
    ],
  );
}

function generatorHealth(context: ReportContext): Blocks {
  const { trials = [], cells } = context.results;
  if (trials.length === 0)
    return paragraph(
      'These results hold no record of single trials, so the generator cannot be judged here; trials.jsonl in the run folder has it.',
    );
  const ofCell = groupBy(trials, ({ cell }) => cell);
  const ofContestant = groupBy(trials, ({ cell }) => context.cell(cell)?.cell.contestant ?? cell);
  const byContestant = [...ofContestant].map(([contestant, own]): Health => ({ contestant, condition: '', own }));
  const byCell = cells.flatMap(({ cell: { id, contestant, condition } }): Health[] => {
    const own = ofCell.get(id);
    return own === undefined ? [] : [{ contestant, condition: formatCondition(condition), own }];
  });
  const names = [text<Health>('Contestant', ({ contestant }) => context.label(contestant))];
  const condition = text<Health>('Condition', (row) => row.condition);
  return [
    paragraph(
      'Lag is the actual send minus the intended send: a claim on response times is judged again without it. A request that the generator itself could not send, or more than 90% of a core, makes a trial INVALID (method rule 5). These are the worst trials:',
    ),
    healthTable('Generator health, worst trial of each contestant', names, byContestant),
    details(
      'Generator health by cell',
      healthTable('Generator health, worst trial of each cell', [...names, condition], byCell),
    ),
  ];
}

interface Health {
  readonly contestant: string;
  readonly condition: string;
  readonly own: readonly TrialRecord[];
}

function healthTable(caption: string, names: readonly Column<Health>[], rows: readonly Health[]): TableBlock {
  const worst = (of: 'lagP50Ms' | 'lagP99Ms' | 'lagMaxMs' | 'cpuShare') => {
    return ({ own }: Health) => Math.max(...own.map(({ generator }) => generator[of]));
  };
  const dropped = ({ own }: Health): number => own.reduce((sum, { generator }) => sum + generator.dropped, 0);
  return tableOf(
    {
      caption,
      tone: (row) => dropped(row) > 0 && 'bad',
      note: 'CPU: seconds the generator used per second of the trial, its workers included; 100% is one processor.',
    },
    rows,
    [
      ...names,
      count('Trials', ({ own }) => own.length),
      ms('Lag p50', worst('lagP50Ms')),
      ms('Lag p99', worst('lagP99Ms')),
      ms('Lag max', worst('lagMaxMs')),
      number('CPU', worst('cpuShare'), formatShare),
      count('Dropped', dropped),
    ],
  );
}
