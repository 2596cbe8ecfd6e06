import assert from 'node:assert/strict';
import { it } from 'node:test';
import { loadMessages } from '@serving-study/protos';
import { metricsPathFromMessage } from './monitoring-config.js';
import { parseTextFormat } from './text-format/index.js';

it('the metrics page has a path only when it is enabled', () => {
  const type = loadMessages().lookupType('tensorflow.serving.MonitoringConfig');
  const pathOf = (text: string): string | undefined => metricsPathFromMessage(parseTextFormat(text, type));
  assert.equal(pathOf('prometheus_config { enable: true path: "/stats" }'), '/stats');
  assert.equal(pathOf('prometheus_config { enable: true }'), '/monitoring/prometheus/metrics');
  assert.equal(pathOf('prometheus_config { path: "/stats" }'), undefined);
  assert.equal(pathOf(''), undefined);
});
