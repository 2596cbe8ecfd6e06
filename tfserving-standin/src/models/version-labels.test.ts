import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ModelConfig } from '../config/index.js';
import { StateMonitor } from './state-monitor.js';
import { versionLabels } from './version-labels.js';

function models(labels: Record<string, bigint>): ModelConfig[] {
  const policy = { kind: 'all' } as const;
  return [
    {
      name: 'm',
      basePath: '/m',
      platform: 'tensorflow',
      policy,
      labels: new Map(Object.entries(labels)),
      hasLogging: false,
    },
  ];
}

it('labels name versions that serve; with the flag, new and unchanged ones may name any', () => {
  const monitor = new StateMonitor();
  monitor.publish('m', 1n, 'AVAILABLE');
  monitor.publish('m', 2n, 'LOADING');
  const none = new Map();
  const current = versionLabels(models({ stable: 1n }), none, monitor, false);
  assert.deepEqual(current, new Map([['m', new Map([['stable', 1n]])]]));
  const refused = {
    code: 'FAILED_PRECONDITION',
    message: 'Request to assign label to version 2 of model m, which is not currently available for inference',
  };
  assert.throws(() => versionLabels(models({ canary: 2n }), current, monitor, false), refused);
  const planned = versionLabels(models({ stable: 1n, canary: 2n }), current, monitor, true);
  assert.deepEqual(
    versionLabels(models({ canary: 2n }), planned, monitor, true),
    new Map([['m', new Map([['canary', 2n]])]]),
  );
  assert.throws(() => versionLabels(models({ stable: 2n }), planned, monitor, true), refused);
  assert.equal(
    versionLabels(models({ canary: 1n }), planned, monitor, true)
      .get('m')
      ?.get('canary'),
    1n,
  );
});
