import type { ExperimentResult } from '../../record/index.js';
import { chartSize } from '../charts/chart-picture.js';
import type { Block, Section } from '../document/block.js';
import type { Inline } from '../document/inline.js';
import { tableFromRecord } from '../document/table.js';
import { slug } from '../format/slug.js';
import type { ReportContext } from './report-context.js';
import { claimsWithoutStandin, withoutStandin, type Sifted } from './standin-filter.js';
import { verdictText } from './verdicts.js';

/** Each experiment as a student reads it: question, what was done, picture, answer, why, what it means. */
export function experimentsSection(context: ReportContext): Section {
  const { experiments } = context.results;
  return {
    id: 'experiments',
    title: 'Experiments',
    short: 'Experiments',
    body:
      experiments.length === 0
        ? [{ kind: 'paragraph', text: 'No experiment was run.' }]
        : [
            {
              kind: 'paragraph',
              text: experiments.flatMap(({ id, title }, index): Inline[] => [
                ...(index === 0 ? [] : [' · ']),
                { as: 'link', text: title, to: `#exp-${slug(id)}` },
              ]),
            },
            ...experiments.flatMap((experiment) => chapter(context, experiment)),
          ],
  };
}

function chapter(context: ReportContext, whole: ExperimentResult): Block[] {
  const sifted = withoutStandin(context, whole);
  const { experiment } = sifted;
  const claims = claimsWithoutStandin(context).filter((claim) => claim.experiment === experiment.id);
  return [
    { kind: 'heading', level: 3, id: `exp-${slug(experiment.id)}`, text: experiment.title },
    ...statusBlocks(experiment),
    { kind: 'labelled', label: 'Question', text: experiment.question },
    { kind: 'labelled', label: 'Expected', text: experiment.hypothesis },
    ...(experiment.status === 'not-tested' ? [] : measuredBlocks(context, sifted)),
    ...(claims.length === 0
      ? []
      : ([
          { kind: 'labelled', label: 'Claims', text: '' },
          { kind: 'list', items: claims.map(verdictText) },
        ] as const)),
  ];
}

function statusBlocks({ status, reason }: ExperimentResult): Block[] {
  if (status === 'measured') return [];
  const title = status === 'partly' ? 'Only partly measured' : 'Not tested';
  return [
    {
      kind: 'callout',
      tone: status === 'partly' ? 'warn' : 'muted',
      title,
      body: reason === undefined ? [] : [{ kind: 'paragraph', text: `${reason}.` }],
    },
  ];
}

function measuredBlocks(context: ReportContext, { experiment, removed, wordsMoved }: Sifted): Block[] {
  const timelines = experiment.charts.some(({ kind }) => kind === 'timeline');
  const standinLink = { as: 'link', text: 'the stand-in’s section', to: '#standin' } as const;
  return [
    { kind: 'labelled', label: 'What was done', text: experiment.done },
    ...experiment.charts
      .filter((chart) => chart.kind !== 'timeline' && chartSize(chart) > 0)
      .map((chart) => context.chart(chart)),
    ...(timelines
      ? [
          {
            kind: 'paragraph',
            text: ['The timeline is drawn under ', { as: 'link', text: 'swap timeline', to: '#swap' }, '.'],
          } as const,
        ]
      : []),
    ...(removed
      ? [
          {
            kind: 'paragraph',
            text: ['Figures of the stand-in are left out here; they are in ', standinLink, '.'],
          } as const,
        ]
      : []),
    ...(wordsMoved
      ? [
          {
            kind: 'labelled',
            label: 'Answer',
            text: ['It rests on figures of the stand-in and is told in ', standinLink, '.'],
          } as const,
        ]
      : answerBlocks(experiment)),
    ...experiment.tables.filter(({ rows }) => rows.length > 0).map(tableFromRecord),
  ];
}

export function answerBlocks({ answer, why, meaning }: ExperimentResult): Block[] {
  return [
    { kind: 'labelled', label: 'Answer', text: answer },
    ...(why === undefined ? [] : [{ kind: 'labelled', label: 'Why', text: why } as const]),
    { kind: 'labelled', label: 'What it means for you', text: meaning },
  ];
}
