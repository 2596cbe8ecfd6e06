import type { Block, Opening, Section } from '../document/block.js';
import { slug } from '../format/slug.js';
import { chartBlocks, labelled, tableBlocks } from './experiments.js';
import { headlineFigure } from './headline-figure.js';
import { foldedTable, percentileTable, spectrumFigures } from './percentiles.js';
import type { ReportContext } from './report-context.js';
import { throughputBlocks } from './throughput.js';
import { resourceTable, splitBlocks } from './time-and-resources.js';
import { verdictTable } from './verdicts.js';
import { claimsWithoutStandin, partExperiment, standinReading } from './without-standin.js';

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
  const { study, experiments } = context.results;
  const readings = claimsWithoutStandin(context).flatMap((claim) => standinReading(claim) ?? []);
  const { measured } = context;
  const standins = measured.filter(({ cell }) => context.isStandin(cell.contestant));
  const headline = standins.length === 0 ? undefined : headlineFigure(context, measured);
  const body: Block[] = [
    {
      kind: 'callout',
      tone: 'bad',
      title: 'These are not figures of TensorFlow Serving',
      body: [
        {
          kind: 'paragraph',
          text: `What follows was measured with ${study.serving.kind === 'stand-in' ? study.serving.version : 'a stand-in'} in the place of TensorFlow Serving. It shows that the path works and what the shape of the answer may be. It decides no claim.`,
        },
      ],
    },
    ...(headline === undefined ? [] : [headline]),
    ...(standins.length === 0
      ? []
      : [
          ...throughputBlocks(context, measured),
          ...spectrumFigures(context, measured),
          ...splitBlocks(context, measured),
          ...foldedTable('Percentiles of the stand-in’s cells', standins, (caption) =>
            percentileTable(context, standins, caption),
          ),
          ...foldedTable('What a request costs with the stand-in', standins, (caption) =>
            resourceTable(context, standins, caption),
          ),
        ]),
    ...(readings.length === 0
      ? []
      : ([
          {
            kind: 'heading',
            level: 3,
            id: 'standin-claims',
            text: 'What the claims would read if the stand-in counted',
          },
          verdictTable(context, readings, 'Readings with the stand-in; they decide nothing', () => undefined),
        ] as const)),
    ...experiments.flatMap((experiment): Block[] => {
      const { words, charts, tables } = partExperiment(context, experiment).standin;
      const told = [
        ...(words.length === 0 ? [] : [labelled('Answer', words)]),
        ...chartBlocks(context, charts),
        ...tableBlocks(context, tables),
      ];
      const { id, title } = experiment;
      if (told.length === 0) return [];
      const heading = {
        kind: 'heading',
        level: 3,
        id: `standin-${slug(id)}`,
        text: `With the stand-in: ${title}`,
      } as const;
      return [{ kind: 'chapter', question: id, body: [heading, ...told] }];
    }),
  ];
  return { id: 'standin', title: 'The stand-in’s figures', short: 'Stand-in', body, standin: true };
}
