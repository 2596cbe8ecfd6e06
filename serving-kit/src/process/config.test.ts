import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { ConfigError, loadConfig, maskSecrets } from './config.js';
import { SERVICE_SETTINGS } from './settings.js';

const SETTINGS = { ...SERVICE_SETTINGS, STUDY_MODEL_NAME: z.string() };

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(SETTINGS, env);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems;
  }
  return assert.fail('the configuration was accepted');
}

describe('loadConfig', () => {
  it('pins every default', () => {
    assert.deepEqual(loadConfig(SETTINGS, { STUDY_MODEL_NAME: 'm', HOME: '/' }), {
      STUDY_HOST: '127.0.0.1',
      STUDY_PORT: 0,
      STUDY_LOG_LEVEL: 'info',
      STUDY_BODY_LIMIT_BYTES: 104_857_600,
      STUDY_BODIES_LIMIT_BYTES: 268_435_456,
      STUDY_HEAD_LIMIT_BYTES: 16_384,
      STUDY_HEAD_TIMEOUT_MS: 60_000,
      STUDY_REQUEST_TIMEOUT_MS: 300_000,
      STUDY_DRAIN_LIMIT_MS: 10_000,
      STUDY_MODEL_NAME: 'm',
    });
  });

  it('is frozen', () => {
    assert.ok(Object.isFrozen(loadConfig(SETTINGS, { STUDY_MODEL_NAME: 'm' })));
  });

  it('takes an empty variable for an absent one', () => {
    assert.equal(loadConfig(SETTINGS, { STUDY_MODEL_NAME: 'm', STUDY_PORT: '' }).STUDY_PORT, 0);
  });

  it('reports all problems at once, misspelt names among them', () => {
    const problems = problemsOf({
      STUDY_PROT: '1',
      STUDY_PORT: '70000',
      STUDY_LOG_LEVEL: 'loud',
      STUDY_BODY_LIMIT_BYTES: '1e6',
    });
    assert.equal(problems.length, 5);
    assert.match(problems[0] ?? '', /^STUDY_PROT is not a setting of this service; it knows STUDY_HOST, STUDY_PORT/);
    assert.ok(problems.includes('STUDY_PORT: must be at most 65535 (got 70000)'), problems.join('\n'));
    assert.ok(
      problems.some((problem) => problem.startsWith('STUDY_MODEL_NAME: ') && problem.endsWith('(got nothing)')),
    );
  });

  it('masks secrets in what it prints', () => {
    assert.deepEqual(maskSecrets({ STUDY_API_TOKEN: 'abc', STUDY_URL: 'http://user:pass@host/', STUDY_PORT: 1 }), {
      STUDY_API_TOKEN: '***',
      STUDY_URL: 'http://***@host/',
      STUDY_PORT: 1,
    });
  });
});
