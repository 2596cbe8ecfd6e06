import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LoadedVersion } from './loaded-version.js';
import { Router } from './router.js';

function version(name: string, number: bigint): LoadedVersion {
  return {
    name,
    version: number,
    signatures: new Map(),
    signatureDefMap: new Uint8Array(),
    run: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  };
}

/** True when the promise has settled by the next turn of the event loop. */
async function isDone(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  void promise.then(() => (done = true));
  await new Promise((resolve) => setImmediate(resolve));
  return done;
}

describe('router', () => {
  it('routes to the largest version, or to the one that is named', async () => {
    const router = new Router();
    for (const loaded of [version('m', 1n), version('m', 3n), version('m', 2n), version('n', 9n)])
      await router.add(loaded);
    assert.equal(router.acquire('m').version, 3n);
    assert.equal(router.acquire('m', 1n).version, 1n);
    assert.throws(() => router.acquire('m', 4n), {
      code: 'NOT_FOUND',
      message: 'Servable not found for request: Specific(m, 4)',
    });
    assert.throws(() => router.acquire('x'), {
      code: 'NOT_FOUND',
      message: 'Servable not found for request: Latest(x)',
    });
  });

  it('waits for the requests of every model that were routed before a change', async () => {
    const router = new Router();
    const old = version('m', 1n);
    await router.add(old);
    await router.add(version('n', 1n));
    const onOld = router.acquire('m');
    const other = router.acquire('n');
    const added = router.add(version('m', 2n));
    const late = router.acquire('m');
    assert.equal(late.version, 2n);
    assert.equal(await isDone(added), false);
    onOld.release();
    onOld.release();
    assert.equal(await isDone(added), false);
    other.release();
    await added;
    const removed = router.remove(old);
    assert.throws(() => router.acquire('m', 1n), { code: 'NOT_FOUND' });
    assert.equal(await isDone(removed), false);
    late.release();
    await removed;
  });
});
