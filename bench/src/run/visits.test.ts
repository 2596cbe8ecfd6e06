import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cell } from '../record/index.js';
import { cellsOf } from './testing/a-run.js';
import { visitsOf, type Visit } from './visits.js';

const deciding = cellsOf(['flask-style', 'direct-rest'], { group: 'deciding', decides: true, trials: 20 });
const few = cellsOf(['proxy-grpc'], { group: 'deciding', id: 'few', decides: false, trials: 2 });
const curve = cellsOf(['flask-style', 'direct-rest'], { group: 'curve', trials: 6 });
const other = cellsOf(['flask-style'], { group: 'other', trials: 6 }).map((each) => ({
  ...each,
  condition: { ...each.condition, model: 'another' },
}));
const cells: Cell[] = [...deciding, ...few, ...other, ...curve];

const told = (visits: readonly Visit[]): string[] =>
  visits.map(({ pass, cells: [first], from, to }) => `${pass}: ${first?.group} ${from}-${to}`);
const starts = (visits: readonly Visit[]): string[] =>
  visits.map((visit) => visit.starts.map(({ contestant }) => contestant).join());

describe('the visits of a plan', () => {
  it('spread what decides over the passes in pairs of blocks, and see the rest once, beside those that share its servers', () => {
    const visits = visitsOf({ cells, passes: 3, startsAnew: true });
    assert.deepEqual(told(visits), [
      '0: deciding 0-8',
      '0: curve 0-6',
      '0: other 0-6',
      '1: deciding 8-14',
      '2: deciding 14-20',
    ]);
    assert.deepEqual(starts(visits), [
      'flask-style,model server,direct-rest,proxy-grpc',
      '',
      'flask-style',
      'flask-style,model server,direct-rest',
      'flask-style,model server,direct-rest',
    ]);
  });

  it('follow claims, not numbers of blocks: five long blocks that decide are spread too', () => {
    const five = cellsOf(['flask-style', 'direct-rest'], { group: 'long', decides: true, trials: 5 });
    const many = cellsOf(['flask-style'], { group: 'many', trials: 30 });
    assert.deepEqual(told(visitsOf({ cells: [...five, ...many], passes: 3, startsAnew: true })), [
      '0: long 0-2',
      '0: many 0-30',
      '1: long 2-4',
      '2: long 4-5',
    ]);
  });

  it('start nothing twice where servers keep running', () => {
    const visits = visitsOf({ cells, passes: 5, startsAnew: false });
    assert.deepEqual(
      starts(visits).filter((each) => each !== ''),
      ['flask-style,model server,direct-rest,proxy-grpc', 'flask-style'],
    );
    const blocks = visits.filter(({ cells: [first] }) => first?.group === 'deciding').map(({ from, to }) => to - from);
    assert.deepEqual(blocks, [4, 4, 4, 4, 4]);
  });
});
