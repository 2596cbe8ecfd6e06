import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Findings } from '../judge/findings.js';
import { measuredCell } from '../judge/testing/measured-cell.js';
import { cellsOf } from '../questions/expand.js';
import { complexity } from '../questions/complexity.js';
import { headline } from '../questions/headline.js';
import { QUESTIONS } from '../questions/index.js';
import { ZOO } from '../questions/subject.js';
import { network } from '../questions/network.js';
import type { Question } from '../questions/define.js';
import type { CellResult, ExperimentResult, ModelFacts } from '../record/index.js';
import { aStudy } from '../record/testing/a-study.js';
import { readManifest } from '../models/index.js';
import { modelFacts } from '../run/zoo.js';
import { CATALOGUE } from '../contestants/index.js';
import { chapterOf } from './chapter.js';

const models: ReadonlyMap<string, ModelFacts> = new Map(
  (await readManifest()).models.map((model) => [model.name, modelFacts(model)]),
);
const onCells = QUESTIONS.filter(({ cells }) => cells.length > 0);

function chapterWith(question: Question, change: (each: CellResult, at: number) => CellResult): ExperimentResult {
  const cells = cellsOf(question, {
    ...{
      profile: 'standard',
      schedulableCpus: 4,
      serverCpus: [0, 1, 2],
      noGpu: undefined,
      subject: ZOO,
      memoryLimits: true,
    },
    contestants: CATALOGUE,
    models,
  }).map((cell) => ({ ...cell, trials: 2, durationMs: 50 }));
  const plan = { ...aStudy().plan, experiments: [question.id], cells };
  const study = aStudy({ models: [...models.values()], plan });
  return chapterOf(
    question,
    new Findings(
      study,
      cells.map((cell, at) => change(measuredCell(cell, 1 + at / 100), at)),
    ),
  );
}

describe('a chapter', () => {
  for (const question of onCells) {
    it(`answers, draws and lists what was measured: ${question.id}`, () => {
      const { answer, charts, tables, status } = chapterWith(question, (each) => each);
      assert.equal(status, 'measured');
      assert.ok(answer.length > 0);
      for (const chart of charts)
        assert.ok(chart.title.includes('CPU') || ('points' in chart && chart.points.length > 1), chart.title);
      for (const { title, rows, columns } of tables) {
        assert.ok(rows.length > 0, title);
        columns.forEach(({ name }, at) => {
          const isFilled = rows.some((row) => row[at] !== null);
          // These are steady servers that used nothing and lost nothing.
          assert.ok(isFilled || /CPU|memory|p9\d|jitter|lost|goodput|lines/.test(name), `${title}: ${name} is empty`);
        });
      }
    });

    it(`says nothing of cells that are INVALID: ${question.id}`, () => {
      const { answer, charts } = chapterWith(question, (each) => ({ ...each, valid: false }));
      assert.deepEqual(answer, []);
      for (const chart of charts)
        if (chart.kind === 'lines' || chart.kind === 'bars')
          assert.ok(chart.points.every(({ valid }) => valid === false));
        else assert.deepEqual(chart.points, [], 'a spectrum has no mark for them');
    });
  }

  it('makes no figure and no sentence from the one compared with where that is INVALID, and says so in the table', () => {
    const isSound = ({ cell }: CellResult): boolean => cell.contestant !== 'bare-engine';
    const { answer, tables } = chapterWith(complexity, (each) => ({ ...each, valid: isSound(each) }));
    assert.deepEqual(answer, []);
    const [{ columns, rows } = { columns: [], rows: [] }] = tables;
    const at = (wanted: string): number => columns.findIndex(({ name }) => name === wanted);
    assert.ok(rows.length > 0 && rows.every((row) => row[at('added to the engine (%)')] === null));
    for (const row of rows) assert.equal(row[at('valid')], row[at('contestant')] === 'bare-engine' ? 'INVALID' : 'yes');
  });

  it('says what was left out', () => {
    const { status, reason } = chapterWith(headline(ZOO), (each, at) => (at === 0 ? { ...each, trials: [] } : each));
    assert.deepEqual([status, /^\d+ of \d+ cells were measured$/.test(reason ?? '')], ['partly', true]);
  });

  it('tells how often was measured, not how often was to be, and that it is less', () => {
    const { status, reason, done } = chapterWith(headline(ZOO), (each) => ({ ...each, trials: each.trials.slice(1) }));
    assert.equal(status, 'partly');
    assert.match(reason ?? '', /^\d+ of \d+ trials were run$/);
    assert.match(done, /trials of a cell: 1 of 0\.05 s\./);
  });

  it('says from where on contestants are together only where they stay so', () => {
    const withSlowOne = (slowAtMs: number): string[] =>
      chapterWith(network(ZOO), ({ cell }) => {
        const isSlow = cell.contestant === 'flask-style' && cell.condition.network?.rttMs === slowAtMs;
        return measuredCell(cell, isSlow ? 5 : 1);
      }).answer.map(({ text }) => text);
    assert.match(withSlowOne(10).join(), /^From added round trip 100 ms on, the slowest contestant is within 0%/);
    assert.deepEqual(withSlowOne(100), ['At added round trip 100 ms the contestants still differ by more than 10%.']);
  });
});
