import { column, figureOf, gainOf, type Chapter, type Column } from '../questions/columns.js';
import type { AnswerSpec, Sentences } from '../questions/define.js';
import { valueIn } from '../questions/where.js';
import type { CellResult } from '../record/index.js';
import { formatMs } from '../words/number.js';

/** A part of a chapter's answer, made of valid cells only; nothing where there is none. */
export function answerOf(spec: AnswerSpec, chapter: Chapter): Sentences {
  const own = { ...chapter, cells: chapter.cells.filter(({ valid }) => valid) };
  if ('rank' in spec) return ranked(spec, own);
  if ('gains' in spec) return gains(spec, own);
  return 'negligible' in spec ? negligible(spec, own) : together(spec, own);
}

function ranked({ rank, best }: Extract<AnswerSpec, { rank: Column }>, chapter: Chapter): Sentences {
  const figures = chapter.cells
    .flatMap((each) => {
      const value = figureOf(rank, each, chapter);
      return value === null ? [] : [{ each, value }];
    })
    .sort((a, b) => (best === 'lowest' ? a.value - b.value : b.value - a.value));
  return figures.map(({ each, value }) => ({
    text: `${nameOf(each, chapter)}: ${inWords(rank, value)}.`,
    contestants: [each.cell.contestant],
  }));
}

function gains({ gains: key, against, says }: Extract<AnswerSpec, { gains: Column }>, chapter: Chapter): Sentences {
  return chapter.cells.flatMap((each) => {
    const gain = gainOf(key, each, chapter, against);
    return gain === null
      ? []
      : [
          {
            text: `${says}: ${nameOf(each, chapter)} ${gain.toFixed(2)} times.`,
            contestants: [
              each.cell.contestant,
              ...(typeof against['contestant'] === 'string' ? [against['contestant']] : []),
            ],
          },
        ];
  });
}

function negligible(
  { negligible: key, below }: Extract<AnswerSpec, { negligible: Column }>,
  chapter: Chapter,
): Sentences {
  const known = chapter.cells.flatMap((each) => {
    const figure = figureOf(key, each, chapter);
    return figure === null ? [] : [{ contestant: each.cell.contestant, model: each.cell.condition.model, figure }];
  });
  const what = column(key).name.replace(' (%)', '');
  return [...new Set(known.map(({ contestant }) => contestant))].map((id) => {
    const own = known.filter(({ contestant }) => contestant === id);
    const from = own.find((_, at) => own.slice(at).every(({ figure }) => figure < below));
    const where =
      from === undefined
        ? `still at least ${below}% ${what} with ${own.at(-1)?.model ?? ''}, the heaviest measured`
        : `less than ${below}% ${what} from ${from.model} on`;
    return { text: `${chapter.findings.label(id)}: ${where}.`, contestants: [id] };
  });
}

function together(
  { together: key, by, within }: Extract<AnswerSpec, { together: Column }>,
  chapter: Chapter,
): Sentences {
  const levels = [...new Set(chapter.cells.flatMap((each) => figureOf(by, each, chapter) ?? []))].sort((a, b) => a - b);
  const contestants = [...new Set(chapter.cells.map(({ cell }) => cell.contestant))];
  const spans = levels.map((level) => {
    const cells = chapter.cells.filter((each) => figureOf(by, each, chapter) === level);
    const figures = cells.flatMap((each) => figureOf(key, each, chapter) ?? []);
    const least = Math.min(...figures);
    return { level, least, apart: Math.max(...figures) / least - 1, areTwo: figures.length >= 2 };
  });
  const from = spans.find((_, at) => spans.slice(at).every(({ apart, areTwo }) => areTwo && apart <= within / 100));
  if (from !== undefined) {
    const { level, apart, least } = from;
    const text = `From ${inWords(by, level)} on, the slowest contestant is within ${Math.round(100 * apart)}% of the fastest (${formatMs(least)}).`;
    return [{ text, contestants }];
  }
  const last = spans.at(-1);
  if (!last?.areTwo) return [];
  return [{ text: `At ${inWords(by, last.level)} the contestants still differ by more than ${within}%.`, contestants }];
}

/** A cell's contestant, with what else its question varies. */
function nameOf({ cell }: CellResult, { findings, cells }: Chapter): string {
  const differs = ['model', 'payload', 'device', 'replicas', 'cpus', 'batching'].filter(
    (name) => new Set(cells.map((other) => valueIn(other.cell, name))).size > 1,
  );
  const values = differs.flatMap((name) => {
    const value = valueIn(cell, name);
    return value === undefined || typeof value === 'boolean' ? [] : [name === 'cpus' ? `CPUs ${value}` : value];
  });
  return [findings.label(cell.contestant), ...values].join(', ');
}

function inWords(key: Column, value: number): string {
  const { name } = column(key);
  return name.endsWith('(ms)') ? `${name.replace(' (ms)', '')} ${formatMs(value)}` : `${name} ${Math.round(value)}`;
}
