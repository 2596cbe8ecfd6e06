import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { RunningInstance } from '../contestants/index.js';
import { freePort } from '../process/index.js';
import { ask } from './ask.js';

it('a gRPC server that is gone is told with the reason, and without an empty note', async () => {
  const target = { kind: 'grpc', address: `127.0.0.1:${await freePort()}` } as const;
  const request = { body: Buffer.alloc(0), inputs: new Map(), outputs: [], format: 'row' } as const;
  const asked = ask({ target } as RunningInstance, 'm', request);
  await assert.rejects(asked, /UNAVAILABLE: .*ECONNREFUSED 127\.0\.0\.1:\d+\.$/);
});
