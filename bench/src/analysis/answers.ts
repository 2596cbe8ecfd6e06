import { column, figureOf, gainOf, type Chapter, type Column } from '../questions/columns.js';
import type { AnswerSpec, Gains, Negligible, Rank, Sentences, Together } from '../questions/define.js';
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

/** The cells that have a figure, with it. */
function known({ cells }: Chapter, of: (each: CellResult) => number | null) {
  return cells.flatMap((each) => {
    const figure = of(each);
    return figure === null ? [] : [{ each, contestant: each.cell.contestant, figure }];
  });
}

function ranked({ rank, best }: Rank, chapter: Chapter): Sentences {
  return known(chapter, (each) => figureOf(rank, each, chapter))
    .sort((a, b) => (best === 'lowest' ? a.figure - b.figure : b.figure - a.figure))
    .map(({ each, contestant, figure }) => ({
      text: `${nameOf(each, chapter)}: ${inWords(rank, figure)}.`,
      contestants: [contestant],
    }));
}

function gains({ gains: key, against, says }: Gains, chapter: Chapter): Sentences {
  const other = [against['contestant']].filter((id) => typeof id === 'string');
  return known(chapter, (each) => gainOf(key, each, chapter, against)).map(({ each, contestant, figure }) => ({
    text: `${says}: ${nameOf(each, chapter)} ${figure.toFixed(2)} times.`,
    contestants: [contestant, ...other],
  }));
}

function negligible({ negligible: key, below }: Negligible, chapter: Chapter): Sentences {
  const all = known(chapter, (each) => figureOf(key, each, chapter));
  const what = column(key).name.replace(' (%)', '');
  return [...new Set(all.map(({ contestant }) => contestant))].map((id) => {
    const own = all.filter(({ contestant }) => contestant === id);
    const from = own.find((_, at) => own.slice(at).every(({ figure }) => figure < below));
    const where =
      from === undefined
        ? `still at least ${below}% ${what} with ${own.at(-1)?.each.cell.condition.model ?? ''}, the heaviest measured`
        : `less than ${below}% ${what} from ${from.each.cell.condition.model} on`;
    return { text: `${chapter.findings.label(id)}: ${where}.`, contestants: [id] };
  });
}

function together({ together: key, by, within }: Together, chapter: Chapter): Sentences {
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
