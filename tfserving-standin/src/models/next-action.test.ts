import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { nextAction, type PolicyVersion, type Stage } from './next-action.js';

/** `+` aspired, `-` not; then the stage. */
function decide(versions: Record<string, `${'+' | '-'}${Stage}`>): string {
  const list = Object.entries(versions).map(([version, state]) => ({
    version: BigInt(version),
    aspired: state.startsWith('+'),
    stage: state.slice(1) as Stage,
  }));
  const action = nextAction(list);
  return action === undefined ? 'nothing' : `${action.kind} ${action.target.version}`;
}

describe('the policy that keeps a model available', () => {
  it('loads the new version before it unloads the old one', () => {
    assert.equal(decide({ 1: '-ready', 2: '+new' }), 'load 2');
    assert.equal(decide({ 1: '-ready', 2: '+loading' }), 'nothing');
    assert.equal(decide({ 1: '-ready', 2: '+finished' }), 'nothing');
    assert.equal(decide({ 1: '-ready', 2: '+ready' }), 'unload 1');
  });

  it('unloads lowest first, loads highest first, unloads before loads', () => {
    assert.equal(decide({ 1: '+ready', 3: '-ready', 2: '-ready', 4: '+new' }), 'unload 2');
    assert.equal(decide({ 5: '+new', 7: '+new', 6: '+new' }), 'load 7');
  });

  it('keeps one of several old versions until a new one is ready', () => {
    assert.equal(decide({ 1: '-ready', 2: '-ready', 3: '+loading' }), 'unload 1');
    assert.equal(decide({ 2: '-ready', 3: '+loading' }), 'nothing');
  });

  it('unloads everything when nothing is aspired', () => {
    assert.equal(decide({ 1: '-ready' }), 'unload 1');
    assert.equal(decide({ 1: '-unloading' }), 'nothing');
    assert.equal(decide({}), 'nothing');
  });

  it('never takes the last ready version away while a version is aspired and none of those is ready', () => {
    const stage = fc.constantFrom<Stage>('new', 'queued', 'loading', 'ready', 'unloading', 'finished');
    const version = fc.record({ version: fc.bigInt({ min: 1n, max: 9n }), stage, aspired: fc.boolean() });
    fc.assert(
      fc.property(fc.uniqueArray(version, { selector: (each) => each.version }), (versions: PolicyVersion[]) => {
        const action = nextAction(versions);
        if (action?.kind !== 'unload') return;
        const left = versions.filter((each) => each !== action.target && each.stage === 'ready');
        assert.ok(left.length > 0 || versions.every(({ aspired }) => !aspired));
        assert.ok(!action.target.aspired && action.target.stage === 'ready');
      }),
    );
  });
});
