import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createClock, createPacer } from './index.js';

describe('createClock', () => {
  it('reads CLOCK_MONOTONIC', () => {
    const clock = createClock();
    const [before, now, after] = [Number(process.hrtime.bigint()), clock(), Number(process.hrtime.bigint())];
    // The zero is known to half the time that three readings take.
    assert.ok(now >= before - 20_000 && now <= after + 20_000);
  });
});

describe('pacer', () => {
  it('wakes for every wish, never early, also for one that is past', async () => {
    const clock = createClock();
    let woken: (atNs: number) => void = () => undefined;
    const pacer = await createPacer(() => {
      woken(clock());
    });
    const wake = (instantNs: number): Promise<number> =>
      new Promise((resolve) => {
        woken = resolve;
        pacer.wakeAt(instantNs);
      });
    for (const aheadNs of [0, 1e5, 1e6, 5e6, -1e6, 3e5]) {
      const wantedNs = clock() + aheadNs;
      assert.ok((await wake(wantedNs)) >= wantedNs);
    }
    await pacer.close();
  });

  it('lets the last wish count: an earlier one comes at once, a later one replaces the first', async () => {
    const clock = createClock();
    const wakes: number[] = [];
    let wantedNs = clock() + 60_000e6;
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const pacer = await createPacer(() => {
      wakes.push(clock());
      if (clock() >= wantedNs) end();
      else pacer.wakeAt(wantedNs);
    });
    pacer.wakeAt(wantedNs);
    for (const aheadNs of [20e6, 40e6]) {
      wantedNs = clock() + aheadNs;
      pacer.wakeAt(wantedNs);
    }
    await ended;
    await pacer.close();
    assert.ok((wakes.at(-1) ?? 0) >= wantedNs);
  });
});
