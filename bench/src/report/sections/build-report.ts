import type { Results } from '../../record/index.js';
import { numbered, type ReportDocument } from '../document/block.js';
import { code } from '../document/inline.js';
import { formatInstant } from '../format/time.js';
import { answer } from './answer.js';
import { environmentSection, filesSection, lastedWords, machineWords, servingWords } from './environment.js';
import { experimentsSection } from './experiments.js';
import { fairnessSection } from './fairness.js';
import { headlineFigure } from './headline-figure.js';
import { ownModelAnswer, ownModelFacts, ownModelSubtitle } from './own-model.js';
import { percentilesSection } from './percentiles.js';
import { ReportContext } from './report-context.js';
import { standinBanner, standinSection } from './standin.js';
import { throughputSection } from './throughput.js';
import { timeAndResourcesSection } from './time-and-resources.js';
import { validityLight, validitySection } from './validity.js';
import { verdictsSection } from './verdicts.js';

/** The whole report as a document. Pure: the same results give the same document. */
export function buildReport(results: Results): ReportDocument {
  const context = new ReportContext(results);
  const { standinRan } = context;
  const { own } = results.study;
  // The stand-in's cells are kept from every figure but those of its own section (method rule 20).
  const cells = context.measured.filter(({ cell }) => !context.isStandin(cell.contestant));
  const figure = headlineFigure(context, cells);
  const [verdicts, ...sections] = numbered([
    verdictsSection(context),
    validitySection(context),
    fairnessSection(context),
    throughputSection(context, cells),
    percentilesSection(context, cells),
    timeAndResourcesSection(context, cells),
    experimentsSection(context),
    standinRan && standinSection(context),
    environmentSection(context),
    filesSection(context),
  ]);
  return {
    title: own === undefined ? 'Two ways to serve a TensorFlow model' : `Two ways to serve ${own.name}`,
    subtitle:
      own === undefined
        ? 'A model loaded by hand in the web process, against TensorFlow Serving behind a proxy'
        : ownModelSubtitle(own),
    opening: {
      banner: standinRan ? standinBanner(context) : undefined,
      answer: [...answer(context), ...(own === undefined ? [] : ownModelAnswer(context, cells))],
      light: validityLight(context),
      verdicts,
      figure,
      facts: factsOf(context),
    },
    sections,
    choices: {
      contestants: results.study.contestants.map(({ id, label }) => ({ id, label })),
      questions: results.experiments.map(({ id, title }) => ({ id, label: title })),
    },
  };
}

function factsOf(context: ReportContext): ReportDocument['opening']['facts'] {
  const { id, own, plan, startedAt, command } = context.results.study;
  return [
    ...(own === undefined ? [] : ownModelFacts(own)),
    ['Run', `${id}, profile ${plan.profile}`],
    ['When', [formatInstant(startedAt), ...lastedWords(context.results.study)].join(', ')],
    ['Machine', machineWords(context)],
    ['TensorFlow Serving', servingWords(context)],
    ['Command', code(command)],
  ];
}
