import { noneAgrees, type CellResult, type GeneratorHealth, type TrialRecord } from '../../record/index.js';
import type { Block, Opening, Section, TableBlock } from '../document/block.js';
import type { Text, Tone } from '../document/inline.js';
import { number, tableOf, text, type Column } from '../document/table.js';
import { formatCondition } from '../format/condition.js';
import { formatCount, formatMs, formatShare } from '../format/number.js';
import { groupBy } from '../group-by.js';
import type { ReportContext } from './report-context.js';

interface Counts {
  readonly planned: number;
  readonly measured: number;
  readonly valid: number;
  readonly invalid: readonly CellResult[];
  /** Questions answered without cells. */
  readonly observed: number;
}

function count({ results, observed }: ReportContext): Counts {
  const measured = results.cells.filter(({ trials }) => trials.length > 0);
  const invalid = measured.filter(({ valid }) => !valid);
  return {
    planned: Math.max(results.study.plan.cells.length, results.cells.length),
    measured: measured.length,
    valid: measured.length - invalid.length,
    invalid,
    observed: observed.length,
  };
}

/** Green: every planned cell passed every gate. Red: nothing may be compared. Amber: the rest (method rules 11 and 13). */
export function validityLight(context: ReportContext): NonNullable<Opening['light']> {
  const { study } = context.results;
  const counts = count(context);
  const { planned, measured, valid, invalid, observed } = counts;
  const parity =
    study.parity === undefined
      ? 'The parity gate was not reached: nobody checked that all give the same predictions.'
      : study.parity.contestants.every(({ outcome }) => outcome === 'same')
        ? `Parity: all contestants agree on ${formatCount(study.parity.inputs)} inputs.`
        : 'Parity FAILED for some contestants, which are left out: the parity table tells which, and why.';
  const tone = lightTone(context, counts);
  const missing = planned - measured;
  const points: Text[] = [
    measured > 0
      ? `${formatCount(valid)} of ${formatCount(measured)} measured cells passed every gate.`
      : planned === 0 && observed > 0
        ? 'No cell was planned: what was asked is observed, without the gates of cells.'
        : 'No cell was measured.',
    ...(observed === 0
      ? []
      : [`${formatCount(observed)} ${observed === 1 ? 'question was' : 'questions were'} answered by observation.`]),
    ...(invalid.length === 0
      ? []
      : [
          [
            `${cellsAre(invalid.length)} INVALID and ${invalid.length === 1 ? 'decides' : 'decide'} nothing: `,
            { as: 'link', text: 'why', to: '#gates' },
            '.',
          ] as const,
        ]),
    ...(missing <= 0
      ? []
      : [
          `${formatCount(missing)} of ${formatCount(planned)} planned cells ${missing === 1 ? 'was' : 'were'} not measured.`,
        ]),
    parity,
    ...(study.interrupted === undefined ? [] : [`The run ended early: ${study.interrupted}.`]),
    ...study.notTested.map(({ subject, reason }) => `Not tested: ${subject} (${reason}).`),
  ];
  const word = tone === 'good' ? 'Green' : tone === 'warn' ? 'Amber' : 'Red';
  return { tone, word, title: LIGHT_TITLES[word], points };
}

const LIGHT_TITLES = { Green: 'Valid', Amber: 'Valid with exceptions', Red: 'Not valid' } as const;

function lightTone({ results }: ReportContext, { planned, measured, valid, invalid, observed }: Counts): Tone {
  const { parity, interrupted, notTested } = results.study;
  const observedAlone = planned === 0 && observed > 0;
  if (noneAgrees(parity) || (!observedAlone && (parity === undefined || valid === 0 || valid < measured / 2)))
    return 'bad';
  const incomplete = planned > measured || interrupted !== undefined || notTested.length > 0 || parity === undefined;
  return invalid.length > 0 || incomplete ? 'warn' : 'good';
}

function cellsAre(cells: number): string {
  return cells === 1 ? '1 cell is' : `${formatCount(cells)} cells are`;
}

/** Gates, what would mend each failure, and the generator's own health. */
export function validitySection(context: ReportContext): Section {
  const { invalid, measured } = count(context);
  const body: Block[] = [
    {
      kind: 'paragraph',
      text: 'A cell is one contestant under one load. A cell that fails a gate is INVALID: its figures are shown, but no verdict uses them (method rule 11).',
    },
    { kind: 'heading', level: 3, id: 'gates', text: 'Failed gates' },
    invalid.length === 0
      ? {
          kind: 'paragraph',
          text: measured === 0 ? 'No cell was measured, so none failed.' : 'Every measured cell passed every gate.',
        }
      : failedGates(context, invalid),
    ...(measured === 0
      ? []
      : [{ kind: 'details', summary: 'All gates of all cells', body: [allGates(context)] } as const]),
    { kind: 'heading', level: 3, id: 'generator', text: 'Was the load generator fast enough?' },
    ...generatorHealth(context),
  ];
  return { id: 'validity', title: 'Validity', short: 'Validity', body };
}

function failedGates(context: ReportContext, invalid: readonly CellResult[]): TableBlock {
  const rows = invalid.flatMap((each) => failures(each).map((gate) => ({ cell: each.cell, ...gate })));
  return tableOf(
    'INVALID cells, why, and what would mend it',
    rows,
    [
      text('Contestant', ({ cell }) => context.label(cell.contestant)),
      text('Condition', ({ cell }) => formatCondition(cell.condition)),
      text('Gate', ({ name }) => name),
      text('What was found', ({ detail }) => detail),
      text('Remedy', ({ remedy }) => remedy ?? '–'),
    ],
    { of: ({ cell }) => cell.contestant, tone: () => 'bad' },
  );
}

function failures(each: CellResult): CellResult['gates'] {
  const failed = each.gates.filter(({ passed }) => !passed);
  return failed.length > 0
    ? failed
    : [{ name: 'samples', passed: false, detail: 'the cell is marked INVALID without a failed gate of its own' }];
}

function allGates({ results }: ReportContext): TableBlock {
  const measured = results.cells.filter(({ trials }) => trials.length > 0);
  const rows = measured.flatMap(({ cell, valid, gates }) => gates.map((gate) => ({ cell, valid, ...gate })));
  return tableOf(
    'Gates by cell',
    rows,
    [
      text('Cell', ({ cell }) => [{ as: 'code', text: cell.id }]),
      text('Valid', ({ valid }) => (valid ? 'yes' : 'INVALID')),
      text('Gate', ({ name }) => name),
      text('Passed', ({ passed }) => (passed ? 'yes' : 'FAILED')),
      text('What was found', ({ detail }) => detail),
    ],
    { of: ({ cell }) => cell.contestant, tone: ({ passed }) => (passed ? undefined : 'bad') },
  );
}

function generatorHealth(context: ReportContext): Block[] {
  const { trials } = context.results;
  if (trials === undefined || trials.length === 0)
    return [
      {
        kind: 'paragraph',
        text: 'These results hold no record of single trials, so the generator cannot be judged here; trials.jsonl in the run folder has it.',
      },
    ];
  const ofCell = groupBy(trials, ({ cell }) => cell);
  const ofContestant = groupBy(trials, ({ cell }) => context.cell(cell)?.cell.contestant ?? cell);
  const byContestant = [...ofContestant].map(([contestant, own]) => ({ contestant, condition: '', own }));
  const byCell = context.results.cells.flatMap(({ cell }) => {
    const own = ofCell.get(cell.id);
    return own === undefined ? [] : [{ contestant: cell.contestant, condition: formatCondition(cell.condition), own }];
  });
  const names = [text<Health>('Contestant', ({ contestant }) => context.label(contestant))];
  const condition = text<Health>('Condition', (row) => row.condition);
  return [
    {
      kind: 'paragraph',
      text: 'Lag is the actual send minus the intended send: a claim on response times is judged again without it. A request that the generator itself could not send, or more than 90% of a core, makes a trial INVALID (method rule 5). These are the worst trials:',
    },
    healthTable('Generator health, worst trial of each contestant', names, byContestant),
    {
      kind: 'details',
      summary: 'Generator health by cell',
      body: [healthTable('Generator health, worst trial of each cell', [...names, condition], byCell)],
    },
  ];
}

interface Health {
  readonly contestant: string;
  readonly condition: string;
  readonly own: readonly TrialRecord[];
}

function healthTable(caption: string, names: readonly Column<Health>[], rows: readonly Health[]): TableBlock {
  const worst = (of: (each: GeneratorHealth) => number) => {
    return ({ own }: Health) => Math.max(...own.map(({ generator }) => of(generator)));
  };
  const dropped = ({ own }: Health): number => own.reduce((sum, { generator }) => sum + generator.dropped, 0);
  return tableOf(
    caption,
    rows,
    [
      ...names,
      number('Trials', ({ own }) => own.length, formatCount),
      number(
        'Lag p50',
        worst((health) => health.lagP50Ms),
        formatMs,
      ),
      number(
        'Lag p99',
        worst((health) => health.lagP99Ms),
        formatMs,
      ),
      number(
        'Lag max',
        worst((health) => health.lagMaxMs),
        formatMs,
      ),
      number(
        'CPU',
        worst((health) => health.cpuShare),
        formatShare,
      ),
      number('Dropped', dropped, formatCount),
    ],
    {
      of: ({ contestant }) => contestant,
      tone: (row) => (dropped(row) > 0 ? 'bad' : undefined),
      note: 'CPU: seconds the generator used per second of the trial, its workers included; 100% is one processor.',
    },
  );
}
