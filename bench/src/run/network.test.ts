import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RunningInstance } from '../contestants/index.js';
import { networkBetween } from './network.js';

describe('a network in between', () => {
  for (const target of [
    { kind: 'rest', url: 'http://127.0.0.1/prefix' },
    { kind: 'rest', url: 'http://[::1]:9' },
    { kind: 'grpc', address: '127.0.0.1:9' },
  ] as const)
    it(`leads to ${target.kind === 'rest' ? target.url : target.address}`, async () => {
      await using network = await networkBetween({ target } as RunningInstance, { rttMs: 5 });
      assert.ok(network.via !== undefined && network.via.measuredRttMs >= 5);
    });
});
