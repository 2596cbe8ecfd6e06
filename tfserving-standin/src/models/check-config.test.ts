import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ModelConfig } from '../config/index.js';
import { checkLogging, checkModelConfigs, checkPlatforms } from './check-config.js';

function model(fields: Partial<ModelConfig>): ModelConfig {
  return {
    name: 'm',
    basePath: '/models/m',
    platform: 'tensorflow',
    policy: { kind: 'latest', count: 1 },
    labels: new Map(),
    hasLogging: false,
    ...fields,
  };
}

it('refuses configs in the words of the real server', () => {
  const served = new Map([['m', 'tensorflow']]);
  const check = (...models: ModelConfig[]): void => {
    checkModelConfigs(models, served);
    checkPlatforms(models);
    checkLogging(models);
  };
  check(model({}), model({ name: 'n', basePath: 'gs://bucket/n' }), model({ name: '' }));
  const cases: readonly (readonly [ModelConfig[], string])[] = [
    [[model({ basePath: 'm' })], 'Expected model m to have an absolute path or URI; got base_path()=m'],
    [[model({}), model({})], 'Illegal to list model m multiple times in config list'],
    [
      [model({ platform: 'caffe' })],
      "Illegal to change a model's platform. For model m platform was tensorflow and new platform requested is caffe",
    ],
    [[model({ name: 'n', platform: 'caffe' })], 'Model n requests unsupported platform caffe'],
    [
      [model({ name: 'n', platform: '' })],
      'Illegal setting neither ModelServerConfig::model_type (deprecated) nor ModelServerConfig::model_platform, model name is n',
    ],
    [[model({ hasLogging: true })], 'No request-logger-creator provided.'],
    [
      [model({ name: 'a', basePath: 'a' }), model({}), model({})],
      'Illegal to list model m multiple times in config list',
    ],
    [
      [model({ hasLogging: true }), model({ name: 'n', platform: 'caffe' })],
      'Model n requests unsupported platform caffe',
    ],
  ];
  for (const [models, message] of cases)
    assert.throws(
      () => {
        check(...models);
      },
      { code: 'INVALID_ARGUMENT', message },
    );
});

it('knows before the labels whether a model that serves already still has its platform', () => {
  assert.throws(
    () => {
      checkModelConfigs([model({ platform: '' })], new Map([['m', 'tensorflow']]));
    },
    { code: 'INVALID_ARGUMENT', message: /^Illegal setting neither .*, model name is m$/ },
  );
});
