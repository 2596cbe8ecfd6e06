import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allowedCpus, cpuList, cpuShares, cpusPaidFor, parseCpuList } from './cpu-shares.js';

describe('the split of CPUs', () => {
  it('gives the generator CPUs of its own where there are enough', () => {
    assert.deepEqual(cpuShares([0, 1, 2, 3]), { servers: [0, 1, 2], generator: [3] });
    assert.deepEqual(cpuShares([4, 5, 6, 7, 12, 13, 14, 15]), {
      servers: [4, 5, 6, 7, 12, 13],
      generator: [14, 15],
    });
  });

  it('leaves everything to both where there are not', () => {
    assert.equal(cpuShares([0, 1, 2]), undefined);
    assert.equal(cpuShares([]), undefined);
  });

  it('knows the CPUs of this process on Linux', { skip: process.platform !== 'linux' && 'reads /proc' }, () => {
    assert.ok(allowedCpus().length > 0);
  });
});

it('a quota of CPU time counts for so many CPUs', () => {
  assert.equal(cpusPaidFor('200000 100000\n'), 2);
  assert.equal(cpusPaidFor('50000 100000\n'), 1);
  assert.equal(cpusPaidFor('max 100000\n'), Infinity);
  assert.equal(cpusPaidFor(''), Infinity);
});

describe('a list of CPUs', () => {
  for (const [cpus, text] of [
    [[0], '0'],
    [[0, 1, 2], '0-2'],
    [[0, 2, 4], '0,2,4'],
    [[], ''],
  ] as const)
    it(`is written as "${text}" and read again`, () => {
      assert.equal(cpuList(cpus), text);
      assert.deepEqual(parseCpuList(text), cpus);
    });

  it('may mix ranges and single ones', () => {
    assert.deepEqual(parseCpuList('0-2,5,7-8'), [0, 1, 2, 5, 7, 8]);
  });
});
