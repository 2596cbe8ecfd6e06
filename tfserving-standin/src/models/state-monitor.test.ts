import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StateMonitor } from './state-monitor.js';

describe('state monitor', () => {
  it('keeps the last state of every version, the largest first', () => {
    const monitor = new StateMonitor();
    for (const version of [2n, 10n, 1n]) monitor.publish('m', version, 'AVAILABLE');
    monitor.publish('m', 2n, 'END', { code: 'NOT_FOUND', message: 'gone' });
    assert.deepEqual(
      monitor.versions('m').map(({ version, state, errorCode }) => [version, state, errorCode]),
      [
        [10n, 'AVAILABLE', 'OK'],
        [2n, 'END', 'NOT_FOUND'],
        [1n, 'AVAILABLE', 'OK'],
      ],
    );
    assert.deepEqual(monitor.versions('other'), []);
  });

  it('waits until each model has a version that serves, or one that failed meanwhile', async () => {
    const monitor = new StateMonitor();
    monitor.publish('again', 1n, 'END', { code: 'NOT_FOUND', message: 'from an earlier life' });
    const settled = monitor.whenSettled(['good', 'again', 'bad']);
    monitor.publish('bad', 2n, 'LOADING');
    monitor.publish('bad', 2n, 'END', { code: 'DATA_LOSS', message: 'torn' });
    monitor.publish('bad', 1n, 'AVAILABLE');
    monitor.publish('good', 2n, 'AVAILABLE');
    monitor.publish('good', 1n, 'END', { code: 'DATA_LOSS', message: 'torn' });
    monitor.publish('again', 1n, 'AVAILABLE');
    const failed = await settled;
    assert.deepEqual(
      [...failed.values()].map(({ version, errorCode }) => [version, errorCode]),
      [[2n, 'DATA_LOSS']],
    );
    assert.deepEqual(await monitor.whenSettled([]), new Map());
  });

  it('does not take a version that still serves for the one that is waited for', async () => {
    const monitor = new StateMonitor();
    monitor.publish('m', 1n, 'AVAILABLE');
    const settled = monitor.whenSettled(['m']);
    monitor.publish('m', 1n, 'UNLOADING');
    monitor.publish('m', 1n, 'END');
    const { state, errorCode } = (await settled).get('m') ?? {};
    assert.deepEqual([state, errorCode], ['END', 'OK']);
  });

  it('stops waiting when told to', async () => {
    const monitor = new StateMonitor();
    const stop = new AbortController();
    const settled = monitor.whenSettled(['m'], stop.signal);
    stop.abort(new Error('enough'));
    await assert.rejects(settled, /enough/);
    await assert.rejects(monitor.whenSettled(['m'], stop.signal), /enough/);
  });
});
