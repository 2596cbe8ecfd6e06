import { milliseconds } from '../questions/words.js';
import { column, figureOf, gainOf, type Chapter, type Column } from '../questions/columns.js';
import type { AnswerSpec, Sentences } from '../questions/define.js';
import { valueIn } from '../questions/where.js';
import type { CellResult } from '../record/index.js';

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
  const contestants = [...new Set(chapter.cells.map(({ cell }) => cell.contestant))];
  return contestants.flatMap((id) => {
    const own = chapter.cells
      .filter(({ cell }) => cell.contestant === id)
      .flatMap((each) => figureOf(key, each, chapter) ?? []).length;
    if (own === 0) return [];
    const cells = chapter.cells.filter((each) => each.cell.contestant === id && figureOf(key, each, chapter) !== null);
    const from = cells.find((_, at) =>
      cells.slice(at).every((later) => (figureOf(key, later, chapter) ?? below) < below),
    );
    const label = chapter.findings.label(id);
    return [
      {
        text:
          from === undefined
            ? `${label}: at least ${below}% ${column(key).name.replace(' (%)', '')} with every model measured.`
            : `${label}: less than ${below}% ${column(key).name.replace(' (%)', '')} from ${from.cell.condition.model} on.`,
        contestants: [id],
      },
    ];
  });
}

function together(
  { together: key, by, within }: Extract<AnswerSpec, { together: Column }>,
  chapter: Chapter,
): Sentences {
  const levels = [...new Set(chapter.cells.flatMap((each) => figureOf(by, each, chapter) ?? []))].sort((a, b) => a - b);
  const name = column(by).name;
  for (const level of levels) {
    const cells = chapter.cells.filter((each) => figureOf(by, each, chapter) === level);
    const figures = cells.flatMap((each) => figureOf(key, each, chapter) ?? []);
    const apart = Math.max(...figures) / Math.min(...figures) - 1;
    if (figures.length >= 2 && apart <= within / 100)
      return [
        {
          text: `From ${name} ${level} on, the slowest contestant is within ${Math.round(100 * apart)}% of the fastest (${milliseconds(Math.min(...figures))}).`,
          contestants: cells.map(({ cell }) => cell.contestant),
        },
      ];
  }
  const contestants = [...new Set(chapter.cells.map(({ cell }) => cell.contestant))];
  return levels.length === 0
    ? []
    : [{ text: `At every ${name} measured, the contestants differ by more than ${within}%.`, contestants }];
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
  return name.endsWith('(ms)') ? `${name.replace(' (ms)', '')} ${milliseconds(value)}` : `${name} ${Math.round(value)}`;
}
