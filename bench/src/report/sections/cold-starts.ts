import type { Block } from '../document/block.js';
import { numberCell, numberColumn, textCell, textColumn } from '../document/table.js';
import { formatMs } from '../format/number.js';
import type { ReportContext } from './report-context.js';

/** The first answer after a cold start is an experiment of its own, never part of the samples (method rule 6). */
export function coldStarts(context: ReportContext): Block[] {
  const { coldStarts: starts } = context.results.study;
  const shown = starts.filter(({ contestant }) => !context.isStandin(contestant));
  if (shown.length === 0) return [];
  return [
    { kind: 'heading', level: 3, id: 'cold', text: 'First request after a cold start' },
    {
      kind: 'table',
      caption: 'Cold start, from spawning the process',
      columns: [textColumn('Contestant'), numberColumn('Ready after'), numberColumn('First answer took')],
      rows: shown.map(({ contestant, readyMs, firstAnswerMs }) => ({
        cells: [
          textCell(context.label(contestant)),
          numberCell(readyMs, formatMs),
          numberCell(firstAnswerMs, formatMs),
        ],
      })),
      note: 'One start each: an order of size, not a distribution.',
    },
  ];
}
