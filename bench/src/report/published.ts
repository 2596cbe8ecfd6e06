import type { Results } from '../record/index.js';
import { counted, formatCount } from '../words/number.js';
import { claimRows, verdictInRun, type ClaimRow } from './compare/claim-rows.js';
import { paragraph, section, type Block, type ReportDocument, type TableBlock } from './document/block.js';
import { BREAK, code, link, muted, type Text } from './document/inline.js';
import { tableOf, text } from './document/table.js';
import { formatInstant } from './format/time.js';
import { renderPage } from './html/render-page.js';
import { renderBlock, renderMarkdown } from './markdown/render-markdown.js';
import { machineWords, servingWords } from './sections/environment.js';
import { ReportContext } from './sections/report-context.js';
import { validityLight } from './sections/validity.js';
import { tally } from './sections/verdicts.js';

/** Where published runs are, relative to the root of the project: a folder each, by the run's id. */
export const PUBLISHED = 'docs/results';
const HOW: Text = [
  code('npm run results -- add reports/<time>'),
  ' adds a run that is complete, valid and beside a real TensorFlow Serving.',
];

/** Why a run cannot be published, in words that say what to do; undefined when it can. */
export function whyNotPublished(results: Results): string | undefined {
  const { study, cells } = results;
  const sources = [study.serving, ...(study.segments ?? []).map(({ serving }) => serving)];
  if (sources.some(({ kind }) => kind === 'stand-in'))
    return 'a stand-in took the place of TensorFlow Serving: README.md, "Which TensorFlow Serving?", says how to have a real one';
  if (study.contestants.every(({ backend }) => backend !== 'tensorflow-serving'))
    return 'TensorFlow Serving was asked nothing in it: run it with the contestants that stand on it';
  const again = 'npm run study -- --resume goes on with it';
  if (study.interrupted !== undefined || study.endedAt === undefined)
    return `it is not complete (${study.interrupted ?? 'its end is not recorded'}): ${again}`;
  const missing = cells.filter(({ trials }) => trials.length === 0);
  if (missing.length > 0) {
    const reason = study.notTested.find(({ during }) => during !== undefined)?.reason ?? 'no reason is recorded';
    return `it is not complete (${formatCount(missing.length)} of ${formatCount(cells.length)} cells were not measured; ${reason}): ${again}`;
  }
  const light = validityLight(new ReportContext(results));
  return light.tone === 'bad' ? 'it is not valid: its report says why' : undefined;
}

/** The index of published runs, the newest first: who ran it on what, and a row for each claim. */
export function renderIndex(runs: readonly Results[]): { readonly markdown: string; readonly html: string } {
  return { markdown: renderMarkdown(indexOf(runs, 'report.md')), html: renderPage(indexOf(runs, 'report.html')) };
}

/** What the README shows: the verdicts of the newest run, as Markdown. */
export function renderNewest(runs: readonly Results[]): string {
  const [newest] = newestFirst(runs);
  const blocks =
    newest === undefined
      ? [paragraph(['No result beside a real TensorFlow Serving has been published yet: ', HOW])]
      : newestBlocks(newest, runs.length);
  return blocks.map(renderBlock).join('\n\n');
}

function newestBlocks(run: ReportContext, published: number): Block[] {
  const { study, claims } = run.results;
  const decided = claims.filter(({ verdict }) => verdict !== 'NOT TESTED');
  const left = claims.length - decided.length;
  return [
    paragraph([
      tally(claims),
      `on ${machineWords(run)}, with ${servingWords(run)}: `,
      link('the report', `${PUBLISHED}/${study.id}/report.md`),
      `, the newest of ${formatCount(published)} in `,
      link(PUBLISHED, `${PUBLISHED}/README.md`),
      left === 0 ? '.' : `; ${counted(left, 'claim was', 'claims were')} not tested in it.`,
    ]),
    tableOf(`Verdicts of ${study.id}`, decided, [
      text('Verdict and effect', (claim) => verdictInRun(claim)),
      text('Claim', ({ sentence, condition }) => [sentence, BREAK, muted(condition)]),
    ]),
  ];
}

function indexOf(published: readonly Results[], report: string): ReportDocument {
  const runs = newestFirst(published);
  const what =
    runs.length === 0
      ? 'No run has been published yet.'
      : `${counted(runs.length, 'run', 'runs')}, the newest first. Runs of different machines are not interleaved: compare verdicts, not figures (method rule 8).`;
  return {
    title: 'Published results',
    subtitle: 'Finished runs beside a real TensorFlow Serving, with their reports',
    opening: { answer: [what, HOW], facts: [] },
    sections:
      runs.length === 0
        ? []
        : [
            section('runs', 'Runs', 'Runs', runTable(runs, report)),
            section('verdicts', 'Verdicts', 'Verdicts', verdictTable(runs)),
          ],
  };
}

function runTable(runs: readonly ReportContext[], report: string): TableBlock {
  const study = ({ results }: ReportContext): Results['study'] => results.study;
  return tableOf('Who ran on what', runs, [
    text('Run', (run) => link(study(run).id, `${study(run).id}/${report}`)),
    text('When', (run) => formatInstant(study(run).startedAt)),
    text('Profile', (run) => study(run).plan.profile),
    text('Machine', machineWords),
    text('TensorFlow Serving', servingWords),
    text('Versions', (run) =>
      Object.entries(study(run).versions)
        .map(([of, version]) => `${of} ${version}`)
        .join(', '),
    ),
    text('Valid cells', ({ results: { cells } }) => {
      return `${formatCount(cells.filter(({ valid }) => valid).length)} of ${formatCount(cells.length)}`;
    }),
    text('Verdicts', ({ results: { claims } }) => tally(claims)),
  ]);
}

function verdictTable(runs: readonly ReportContext[]): TableBlock {
  const rows = claimRows(runs.map(({ results }) => results).toReversed());
  return tableOf('Claim by claim', rows, [
    text<ClaimRow>('Claim', ({ sentence }) => sentence),
    ...runs.map((run, i) => text<ClaimRow>(run.results.study.id, ({ verdicts }) => verdictInRun(verdicts.at(-1 - i)))),
  ]);
}

function newestFirst(runs: readonly Results[]): ReportContext[] {
  return runs
    .toSorted((a, b) => Date.parse(b.study.startedAt) - Date.parse(a.study.startedAt))
    .map((results) => new ReportContext(results));
}
