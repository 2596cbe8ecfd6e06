import { inItsPlace, UNKNOWN_VERSION, type ClaimVerdict } from '../../record/index.js';
import { foldedTable, heading, paragraph, section, type Callout, type Section } from '../document/block.js';
import { link } from '../document/inline.js';
import { standinChapter } from './experiments.js';
import { headlineFigure } from './headline-figure.js';
import { percentileTable, spectrumFigures } from './percentiles.js';
import type { ReportContext } from './report-context.js';
import { throughputBlocks } from './throughput.js';
import { resourceTable, splitBlocks } from './time-and-resources.js';
import { verdictTable } from './verdicts.js';

export function standinBanner({ results }: ReportContext): Callout {
  return {
    kind: 'callout',
    tone: 'bad',
    title: `TensorFlow Serving was not measured: ${inItsPlace(results.study.serving)}`,
    body: [
      paragraph([
        `Why: ${results.study.serving.detail}. A stand-in speaks its protocol and runs the same models, but it is other software. Claims about TensorFlow Serving read NOT TESTED (stand-in). Its figures are in `,
        link('a section of their own', '#standin'),
        ' and decide nothing.',
      ]),
    ],
  };
}

/** Everything the stand-in's rows showed, beside the others, apart from the report's own figures (method rule 20). */
export function standinSection(context: ReportContext): Section {
  const { study, experiments, claims } = context.results;
  const { measured } = context;
  const readings = claims.flatMap((claim) => standinReading(claim) ?? []);
  const standins = measured.filter(({ cell }) => context.isStandin(cell.contestant));
  const { kind, version } = study.serving;
  const callout: Callout = {
    kind: 'callout',
    tone: 'bad',
    title: 'These are not figures of TensorFlow Serving',
    body: [
      paragraph(
        `What follows was measured with ${kind === 'stand-in' && version !== UNKNOWN_VERSION ? version : 'a stand-in, or what counts as one,'} in the place of TensorFlow Serving. It shows that the path works and what the shape of the answer may be. It decides no claim.`,
      ),
    ],
  };
  const body = section('standin', 'The stand-in’s figures', 'Stand-in', [
    callout,
    standins.length > 0 && [
      headlineFigure(context, measured),
      throughputBlocks(context, measured),
      spectrumFigures(context, measured),
      splitBlocks(context, measured),
      foldedTable(percentileTable(context, standins, 'Percentiles of the stand-in’s cells')),
      foldedTable(resourceTable(context, standins, 'What a request costs with the stand-in')),
    ],
    readings.length > 0 && [
      heading('standin-claims', 'What the claims would read if the stand-in counted'),
      verdictTable(context, readings, 'Readings with the stand-in; they decide nothing'),
    ],
    experiments.map((experiment) => standinChapter(context, experiment)),
  ]);
  return { ...body, standin: true };
}

/** A claim as the stand-in's figures would decide it; undefined where there are none. */
export function standinReading({ standin, ...claim }: ClaimVerdict): ClaimVerdict | undefined {
  return standin && { ...claim, verdict: standin.verdict, reason: standin.reason, effects: standin.effects ?? [] };
}
