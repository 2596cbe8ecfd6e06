import { noneAgrees, type CellResult, type GeneratorHealth, type TrialRecord } from '../../record/index.js';
import type { Block, Opening, Section, TableBlock, TableCell } from '../document/block.js';
import type { Text, Tone } from '../document/inline.js';
import { numberCell, numberColumn, textCell, textColumn } from '../document/table.js';
import { formatCondition } from '../format/condition.js';
import { formatCount, formatMs, formatShare } from '../format/number.js';
import type { ReportContext } from './report-context.js';

interface Counts {
  readonly planned: number;
  readonly measured: number;
  readonly valid: number;
  readonly invalid: readonly CellResult[];
}

function count({ results }: ReportContext): Counts {
  const measured = results.cells.filter(({ trials }) => trials.length > 0);
  const invalid = measured.filter(({ valid }) => !valid);
  return {
    planned: Math.max(results.study.plan.cells.length, results.cells.length),
    measured: measured.length,
    valid: measured.length - invalid.length,
    invalid,
  };
}

/** Green: every planned cell passed every gate. Red: nothing may be compared. Amber: the rest (method rules 11 and 13). */
export function validityLight(context: ReportContext): NonNullable<Opening['light']> {
  const { study } = context.results;
  const counts = count(context);
  const { planned, measured, valid, invalid } = counts;
  const parity =
    study.parity === undefined
      ? 'The parity gate was not reached: nobody checked that all give the same predictions.'
      : study.parity.contestants.every(({ outcome }) => outcome === 'same')
        ? `Parity: all contestants agree on ${formatCount(study.parity.inputs)} inputs.`
        : 'Parity FAILED for some contestants, which are left out: the parity table tells which, and why.';
  const tone = lightTone(context, counts);
  const missing = planned - measured;
  const points: Text[] = [
    measured === 0
      ? 'No cell was measured.'
      : `${formatCount(valid)} of ${formatCount(measured)} measured cells passed every gate.`,
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

function lightTone({ results }: ReportContext, { planned, measured, valid, invalid }: Counts): Tone {
  const { parity, interrupted, notTested } = results.study;
  if (parity === undefined || noneAgrees(parity) || valid === 0 || valid < measured / 2) return 'bad';
  return invalid.length > 0 || planned > measured || interrupted !== undefined || notTested.length > 0
    ? 'warn'
    : 'good';
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
      ? { kind: 'paragraph', text: measured === 0 ? 'No cell was measured.' : 'Every measured cell passed every gate.' }
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
  return {
    kind: 'table',
    caption: 'INVALID cells, why, and what would mend it',
    columns: [
      textColumn('Contestant'),
      textColumn('Condition'),
      textColumn('Gate'),
      textColumn('What was found'),
      textColumn('Remedy'),
    ],
    rows: invalid.flatMap((each) =>
      failures(each).map((gate) => ({
        tone: 'bad' as const,
        cells: [
          textCell(context.label(each.cell.contestant)),
          textCell(formatCondition(each.cell.condition)),
          textCell(gate.name),
          textCell(gate.detail),
          textCell(gate.remedy ?? '–'),
        ],
      })),
    ),
  };
}

function failures(each: CellResult): CellResult['gates'] {
  const failed = each.gates.filter(({ passed }) => !passed);
  return failed.length > 0
    ? failed
    : [{ name: 'samples', passed: false, detail: 'the cell is marked INVALID without a failed gate of its own' }];
}

function allGates(context: ReportContext): TableBlock {
  const { cells } = context.results;
  return {
    kind: 'table',
    caption: 'Gates by cell',
    columns: [
      textColumn('Cell'),
      textColumn('Valid'),
      textColumn('Gate'),
      textColumn('Passed'),
      textColumn('What was found'),
    ],
    rows: cells
      .filter(({ trials }) => trials.length > 0)
      .flatMap(({ cell, valid, gates }) =>
        gates.map(({ name, passed, detail }) => ({
          ...(passed ? {} : { tone: 'bad' as const }),
          cells: [
            textCell([{ as: 'code', text: cell.id }]),
            textCell(valid ? 'yes' : 'INVALID'),
            textCell(name),
            textCell(passed ? 'yes' : 'FAILED'),
            textCell(detail),
          ],
        })),
      ),
  };
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
  const contestants = [...new Set(trials.map(({ cell }) => context.cell(cell)?.cell.contestant ?? cell))];
  const byContestant = contestants.map((id): HealthRow => {
    return {
      cells: [textCell(context.label(id))],
      of: trials.filter(({ cell }) => (context.cell(cell)?.cell.contestant ?? cell) === id),
    };
  });
  const byCell = context.results.cells.map(({ cell }): HealthRow => {
    return {
      cells: [textCell(context.label(cell.contestant)), textCell(formatCondition(cell.condition))],
      of: trials.filter((trial) => trial.cell === cell.id),
    };
  });
  return [
    {
      kind: 'paragraph',
      text: 'Lag is the actual send minus the intended send: a claim on response times is judged again without it. A request that the generator itself could not send, or more than 90% of a core, makes a trial INVALID (method rule 5). These are the worst trials:',
    },
    healthTable('Generator health, worst trial of each contestant', [textColumn('Contestant')], byContestant),
    {
      kind: 'details',
      summary: 'Generator health by cell',
      body: [
        healthTable(
          'Generator health, worst trial of each cell',
          [textColumn('Contestant'), textColumn('Condition')],
          byCell,
        ),
      ],
    },
  ];
}

interface HealthRow {
  readonly cells: readonly TableCell[];
  readonly of: readonly TrialRecord[];
}

function healthTable(caption: string, names: TableBlock['columns'], rows: readonly HealthRow[]): TableBlock {
  const figures = ['Trials', 'Lag p50', 'Lag p99', 'Lag max', 'CPU', 'Dropped'].map(numberColumn);
  return {
    kind: 'table',
    caption,
    columns: [...names, ...figures],
    rows: rows
      .filter(({ of }) => of.length > 0)
      .map(({ cells, of }) => {
        const worst = (health: (each: GeneratorHealth) => number): number =>
          Math.max(...of.map(({ generator }) => health(generator)));
        const dropped = of.reduce((sum, { generator }) => sum + generator.dropped, 0);
        return {
          ...(dropped > 0 ? { tone: 'bad' as const } : {}),
          cells: [
            ...cells,
            numberCell(of.length, formatCount),
            numberCell(
              worst(({ lagP50Ms }) => lagP50Ms),
              formatMs,
            ),
            numberCell(
              worst(({ lagP99Ms }) => lagP99Ms),
              formatMs,
            ),
            numberCell(
              worst(({ lagMaxMs }) => lagMaxMs),
              formatMs,
            ),
            numberCell(
              worst(({ cpuShare }) => cpuShare),
              formatShare,
            ),
            numberCell(dropped, formatCount),
          ],
        };
      }),
    note: 'CPU: seconds the generator used per second of the trial, its workers included; 100% is one processor.',
  };
}
