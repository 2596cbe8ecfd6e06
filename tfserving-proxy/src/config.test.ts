import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfigError, loadConfig } from '@serving-study/serving-kit';
import { PROXY_SETTINGS } from './config.js';

describe('the proxy’s settings', () => {
  it('pin every default', () => {
    assert.deepEqual(loadConfig(PROXY_SETTINGS, {}), {
      STUDY_UPSTREAM: 'grpc',
      STUDY_TFSERVING_GRPC: '127.0.0.1:8500',
      STUDY_TFSERVING_REST: 'http://127.0.0.1:8501',
      STUDY_DEADLINE_MS: 30_000,
      STUDY_ANSWER_LIMIT_BYTES: 268_435_456,
      STUDY_REST_CONNECTIONS: 256,
    });
  });

  it('refuse addresses that are none, all at once', () => {
    const wrong = {
      STUDY_UPSTREAM: 'http',
      STUDY_TFSERVING_GRPC: 'http://host:8500',
      STUDY_TFSERVING_REST: 'host:8501',
      STUDY_DEADLINE_MS: '0',
    };
    assert.throws(
      () => loadConfig(PROXY_SETTINGS, wrong),
      (error) =>
        error instanceof ConfigError &&
        error.problems.length === 4 &&
        error.problems.some((problem) => problem.includes('must be host:port')),
    );
    assert.equal(loadConfig(PROXY_SETTINGS, { STUDY_TFSERVING_GRPC: '[::1]:8500' }).STUDY_TFSERVING_GRPC, '[::1]:8500');
    assert.equal(
      loadConfig(PROXY_SETTINGS, { STUDY_TFSERVING_REST: 'http://tfserving:8501/' }).STUDY_TFSERVING_REST,
      'http://tfserving:8501',
    );
  });
});
