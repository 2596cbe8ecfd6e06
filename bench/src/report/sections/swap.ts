import type { Block, Section } from '../document/block.js';
import { slug } from '../format/slug.js';
import { chartSize } from '../charts/chart-picture.js';
import type { ReportContext } from './report-context.js';
import { withoutStandin } from './standin-filter.js';

/** What happened second by second when a version was swapped under load; undefined when no experiment drew a timeline. */
export function swapSection(context: ReportContext): Section | undefined {
  const told = context.results.experiments
    .map((experiment) => withoutStandin(context, experiment).experiment)
    .map((experiment) => ({ experiment, timelines: experiment.charts.filter((chart) => chart.kind === 'timeline') }))
    .filter(({ timelines }) => timelines.length > 0);
  if (told.length === 0) return undefined;
  const body = told.flatMap(({ experiment, timelines }): Block[] => [
    {
      kind: 'paragraph',
      text: ['From the experiment ', { as: 'link', text: experiment.title, to: `#exp-${slug(experiment.id)}` }, '.'],
    },
    ...timelines.map((chart): Block =>
      chartSize(chart) > 0
        ? context.chart(chart)
        : { kind: 'paragraph', text: `“${chart.title}” shows the stand-in alone and is drawn in its section.` },
    ),
  ]);
  return { id: 'swap', title: 'Swap timeline', short: 'Swap', body };
}
