import { chartSize } from '../charts/chart-picture.js';
import type { Block, Opening, Section } from '../document/block.js';
import { tableFromRecord } from '../document/table.js';
import { slug } from '../format/slug.js';
import { answerBlocks } from './experiments.js';
import { folded } from './folded.js';
import { headlineFigure } from './headline-figure.js';
import { percentileTable, spectrumFigures } from './percentiles.js';
import type { ReportContext } from './report-context.js';
import { resourceTable, splitBlocks } from './split.js';
import { claimsWithoutStandin, standinReading, withoutStandin } from './standin-filter.js';
import { throughputBlocks } from './throughput.js';
import { verdictTable } from './verdicts.js';

export function standinBanner(context: ReportContext): Opening['banner'] {
  const { serving } = context.results.study;
  return {
    title: 'TensorFlow Serving was not measured: a stand-in took its place',
    text: [
      `No TensorFlow Serving could be used (${serving.detail}). The stand-in speaks its protocol and runs the same models, but it is other software. Claims about TensorFlow Serving read NOT TESTED (stand-in). Its figures are in `,
      { as: 'link', text: 'a section of their own', to: '#standin' },
      ' and decide nothing.',
    ],
  };
}

/** Everything the stand-in's rows showed, beside the others, apart from the report's own figures (method rule 20). */
export function standinSection(context: ReportContext): Section {
  const { results } = context;
  const readings = claimsWithoutStandin(context).flatMap((claim) => standinReading(claim) ?? []);
  const headline = headlineFigure(context, context.measured);
  const standins = context.measured.filter(({ cell }) => context.isStandin(cell.contestant));
  const body: Block[] = [
    {
      kind: 'callout',
      tone: 'bad',
      title: 'These are not figures of TensorFlow Serving',
      body: [
        {
          kind: 'paragraph',
          text: `What follows was measured with ${results.study.serving.kind === 'stand-in' ? results.study.serving.version : 'a stand-in'} in the place of TensorFlow Serving. It shows that the path works and what the shape of the answer may be. It decides no claim.`,
        },
      ],
    },
    ...(headline === undefined ? [] : [headline]),
    ...throughputBlocks(context, context.measured),
    ...spectrumFigures(context, context.measured),
    ...splitBlocks(context, context.measured),
    ...folded('Percentiles of the stand-in’s cells', standins, (cells, caption) =>
      percentileTable(context, cells, caption),
    ),
    ...folded('What a request costs with the stand-in', standins, (cells, caption) =>
      resourceTable(context, cells, caption),
    ),
    ...(readings.length === 0
      ? []
      : [
          {
            kind: 'heading',
            level: 3,
            id: 'standin-claims',
            text: 'What the claims would read if the stand-in counted',
          } as const,
          verdictTable(readings, 'Readings with the stand-in; they decide nothing', () => undefined),
        ]),
    ...results.experiments.flatMap((experiment) => chapter(context, experiment)),
  ];
  return { id: 'standin', title: 'The stand-in’s figures', short: 'Stand-in', body, standin: true };
}

function chapter(context: ReportContext, experiment: ReportContext['results']['experiments'][number]): Block[] {
  const { experiment: sifted, removed, wordsMoved } = withoutStandin(context, experiment);
  if (!removed) return [];
  return [
    { kind: 'heading', level: 3, id: `standin-${slug(experiment.id)}`, text: `With the stand-in: ${experiment.title}` },
    ...(wordsMoved ? answerBlocks(experiment) : []),
    ...experiment.charts
      .filter((chart, index) => chart !== sifted.charts[index] && chartSize(chart) > 0)
      .map((chart) => context.chart(chart)),
    ...experiment.tables.filter((table, index) => table !== sifted.tables[index]).map(tableFromRecord),
  ];
}
