import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadMessages } from '@serving-study/protos';
import { modelServerConfigFromMessage } from './model-server-config.js';
import { parseTextFormat } from './text-format/index.js';

function configOf(text: string) {
  return modelServerConfigFromMessage(
    parseTextFormat(text, loadMessages().lookupType('tensorflow.serving.ModelServerConfig')),
  );
}

function policyOf(text: string) {
  const config = configOf(`model_config_list { config { name: "m" model_version_policy { ${text} } } }`);
  assert.equal(config.kind, 'list');
  return config.models[0]?.policy;
}

describe('model server config', () => {
  it('reads a list of models', () => {
    const text = `model_config_list { config {
      name: "m" base_path: "/models/m" model_platform: "tensorflow"
      version_labels { key: "stable" value: 9223372036854775807 } logging_config {} } config { model_type: TENSORFLOW } }`;
    assert.deepEqual(configOf(text), {
      kind: 'list',
      models: [
        {
          name: 'm',
          basePath: '/models/m',
          platform: 'tensorflow',
          policy: { kind: 'latest', count: 1 },
          labels: new Map([['stable', 9223372036854775807n]]),
          hasLogging: true,
        },
        {
          name: '',
          basePath: '',
          platform: 'tensorflow',
          policy: { kind: 'latest', count: 1 },
          labels: new Map(),
          hasLogging: false,
        },
      ],
    });
  });

  it('reads version policies; latest 0 is latest 1', () => {
    assert.deepEqual(policyOf('all {}'), { kind: 'all' });
    assert.deepEqual(policyOf('latest { num_versions: 3 }'), { kind: 'latest', count: 3 });
    assert.deepEqual(policyOf('latest {}'), { kind: 'latest', count: 1 });
    assert.deepEqual(policyOf('specific { versions: 1 versions: 3 }'), { kind: 'specific', versions: [1n, 3n] });
    assert.deepEqual(policyOf('specific {}'), { kind: 'specific', versions: [] });
  });

  it('tells nothing and a custom config from a list', () => {
    assert.deepEqual(configOf(''), { kind: 'none' });
    assert.deepEqual(configOf('custom_model_config { type_url: "x" }'), { kind: 'custom' });
    assert.deepEqual(configOf('model_config_list {}'), { kind: 'list', models: [] });
  });
});
