import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cell, CellResult, Condition, Gate } from '../../record/index.js';
import { tableFromSamples } from '../../samples/index.js';
import { summariseCell } from '../cell/summarise-cell.js';
import { aCell, aSample, aSteadyTrial } from '../testing/a-trial.js';
import { judgeBytesBetweenCells, sentBytes, type SentBytes } from './bytes-between-cells.js';

const TRIALS = Array.from({ length: 6 }, (_, block) => aSteadyTrial(1, { block }));

function cell(id: string, overrides: Partial<Cell> = {}, condition: Partial<Condition> = {}): Cell {
  const made = aCell(undefined, { id, ...overrides });
  return { ...made, condition: { ...made.condition, ...condition } };
}

/** A cell that sent input 0 with `bytes[0]` bytes, input 1 with `bytes[1]`, and so on. */
function sends(own: Cell, ...bytes: readonly number[]): SentBytes {
  return sentBytes(own, [tableFromSamples(bytes.map((bytesOut, input) => aSample({ input, bytesOut })))]);
}

function judge(...sent: readonly SentBytes[]): CellResult[] {
  const results = sent.map((each) => summariseCell(each.cell, TRIALS));
  assert.ok(results.every(({ valid }) => valid));
  return judgeBytesBetweenCells(results, sent);
}

function equalBytes({ gates }: CellResult): Gate | undefined {
  return gates.find(({ name }) => name === 'equal-bytes');
}

describe('equal bytes between cells', () => {
  it('holds where the same input has the same bytes, whichever inputs were drawn', () => {
    const results = judge(sends(cell('a'), 100, 200), sends(cell('b'), 100), sends(cell('c'), 100, 200, 300));
    assert.ok(results.every(({ valid }) => valid));
  });

  it('makes both cells INVALID and names both', () => {
    const results = judge(sends(cell('a'), 100, 200), sends(cell('b'), 100, 201), sends(cell('c'), 100));
    assert.deepEqual(
      results.map(({ valid }) => valid),
      [false, false, true],
    );
    assert.deepEqual(
      results.map((result) => equalBytes(result)?.detail),
      [
        'input 1 was sent with 200 bytes in a and with 201 in b',
        'input 1 was sent with 201 bytes in b and with 200 in a',
        'each of 1 input had the same bytes in every trial',
      ],
    );
    assert.match(equalBytes(results[0]!)?.remedy ?? '', /the same bytes/);
  });

  it('compares only what is compared: same group, payload form, model and batch', () => {
    const others = [
      cell('group', { group: 'other' }),
      cell('payload', {}, { payload: 'base64' }),
      cell('model', {}, { model: 'mlp' }),
      cell('version', {}, { modelVersion: 2 }),
      cell('batch', {}, { batch: 8 }),
    ];
    const results = judge(sends(cell('a'), 100), ...others.map((other, i) => sends(other, 200 + i)));
    assert.ok(results.every(({ valid }) => valid));
  });

  it('leaves the bare engine out: it sends no message', () => {
    assert.ok(judge(sends(cell('engine'), 0, 0), sends(cell('a'), 100, 200)).every(({ valid }) => valid));
  });

  it('keeps the reason of a cell that differs within itself', () => {
    const [a, b] = [sends(cell('a'), 100), sends(cell('b'), 101)];
    const unequal = aSteadyTrial(1);
    unequal.samples.bytesOut[5] = 101;
    const [judged] = judgeBytesBetweenCells([summariseCell(a.cell, [unequal])], [a, b]);
    assert.equal(equalBytes(judged!)?.detail, 'input 0 was sent with 100 and with 101 bytes');
  });
});
