import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfigError, loadConfig } from '@serving-study/serving-kit';
import { PROXY_SETTINGS } from './config.js';

describe('the proxy’s settings', () => {
  it('pin every default', () => {
    assert.deepEqual(loadConfig(PROXY_SETTINGS, {}), {
      STUDY_JSON_LIMIT_BYTES: 16_777_216,
      STUDY_NESTING_LIMIT: 254,
      STUDY_VALUES_LIMIT: 1_000_000,
      STUDY_UPSTREAM: 'grpc',
      STUDY_TFSERVING_GRPC: ['127.0.0.1:8500'],
      STUDY_TFSERVING_REST: ['http://127.0.0.1:8501'],
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
  });

  it('take one server or several', () => {
    const grpc = (text: string): string[] =>
      loadConfig(PROXY_SETTINGS, { STUDY_TFSERVING_GRPC: text }).STUDY_TFSERVING_GRPC;
    const rest = (text: string): string[] =>
      loadConfig(PROXY_SETTINGS, { STUDY_TFSERVING_REST: text }).STUDY_TFSERVING_REST;
    assert.deepEqual(grpc('[::1]:8500'), ['[::1]:8500']);
    assert.deepEqual(grpc('10.0.0.1:8500, 10.0.0.2:8500'), ['10.0.0.1:8500', '10.0.0.2:8500']);
    assert.throws(() => grpc('10.0.0.1:8500,10.0.0.2'), /"10\.0\.0\.2" must be host:port/);
    assert.deepEqual(grpc('one:8500,[::1]:8500'), ['one:8500', '[::1]:8500']);
    assert.deepEqual(rest('http://tfserving:8501/'), ['http://tfserving:8501/']);
    assert.deepEqual(rest('http://one:8501,http://two:8501'), ['http://one:8501', 'http://two:8501']);
    assert.throws(() => rest('http://one:8501,'), /"" must be http:\/\/host:port/);
  });

  it('refuse what else an address may have, and say none of its secrets', () => {
    for (const [variable, address] of [
      ['STUDY_TFSERVING_REST', 'http://host:8501/v1'],
      ['STUDY_TFSERVING_REST', 'http://user:secret@host:8501'],
      ['STUDY_TFSERVING_REST', 'http://one:8501,http://user:secret@host:8501'],
      ['STUDY_TFSERVING_REST', 'http://host:8501?key=1'],
      ['STUDY_TFSERVING_REST', 'https://host:8501'],
      ['STUDY_TFSERVING_GRPC', 'host:8500/path'],
      ['STUDY_TFSERVING_GRPC', 'user@host:8500'],
    ] as const)
      assert.throws(
        () => loadConfig(PROXY_SETTINGS, { [variable]: address }),
        (error) =>
          error instanceof ConfigError &&
          error.message.includes(`${variable}: `) &&
          error.message.includes('must be') &&
          !error.message.includes('secret'),
        address,
      );
  });
});
