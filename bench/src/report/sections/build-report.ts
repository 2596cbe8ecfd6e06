import type { Results } from '../../record/index.js';
import type { Opening, ReportDocument, Section } from '../document/block.js';
import { formatDuration, formatInstant } from '../format/time.js';
import { answer } from './answer.js';
import { environmentSection, filesSection, servingWords } from './environment.js';
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
import { verdicts } from './verdicts.js';

/** The whole report as a document. Pure: the same results give the same document. */
export function buildReport(results: Results): ReportDocument {
  const context = new ReportContext(results);
  // The stand-in's cells are kept from every figure but those of its own section (method rule 20).
  const cells = context.measured.filter(({ cell }) => !context.isStandin(cell.contestant));
  const opening = openingOf(context, cells);
  const sections: (Section | undefined)[] = [
    validitySection(context),
    fairnessSection(context),
    throughputSection(context, cells),
    percentilesSection(context, cells),
    timeAndResourcesSection(context, cells),
    experimentsSection(context),
    context.standinRan ? standinSection(context) : undefined,
    environmentSection(context),
    filesSection(context),
  ];
  const { own } = results.study;
  return {
    title: own === undefined ? 'Two ways to serve a TensorFlow model' : `Two ways to serve ${own.name}`,
    subtitle:
      own === undefined
        ? 'A model loaded by hand in the web process, against TensorFlow Serving behind a proxy'
        : ownModelSubtitle(own),
    opening,
    sections: sections
      .filter((section) => section !== undefined)
      .map((section, index) => ({ ...section, title: `${index + 2}. ${section.title}` })),
    choices: {
      contestants: results.study.contestants.map(({ id, label }) => ({ id, label })),
      questions: results.experiments.map(({ id, title }) => ({ id, label: title })),
    },
  };
}

function openingOf(context: ReportContext, cells: Parameters<typeof headlineFigure>[1]): Opening {
  const { study } = context.results;
  const figure = headlineFigure(context, cells);
  const banner = context.standinRan ? standinBanner(context) : undefined;
  return {
    ...(banner === undefined ? {} : { banner }),
    answer: [...answer(context), ...(study.own === undefined ? [] : ownModelAnswer(context, cells))],
    light: validityLight(context),
    verdicts: { ...verdicts(context), title: '1. Verdicts' },
    ...(figure === undefined ? {} : { figure }),
    facts: [
      ...(study.own === undefined ? [] : ownModelFacts(study.own)),
      { name: 'Run', value: `${study.id}, profile ${study.plan.profile}` },
      {
        name: 'When',
        value: `${formatInstant(study.startedAt)}${study.endedAt === undefined ? '' : `, ${formatDuration(Date.parse(study.endedAt) - Date.parse(study.startedAt))}`}`,
      },
      {
        name: 'Machine',
        value: [study.machine['processor'], cpus(study.machine['schedulable CPUs'])]
          .filter((part) => part !== undefined)
          .join(', '),
      },
      { name: 'TensorFlow Serving', value: servingWords(context) },
      { name: 'Command', value: [{ as: 'code', text: study.command }] },
    ],
  };
}

function cpus(count: string | undefined): string | undefined {
  return count === undefined ? undefined : `${count} ${count === '1' ? 'CPU' : 'CPUs'}`;
}
