import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CallSlots } from './call-slots.js';
import { CancelSignal } from '../cancel-signal.js';

const forever = new CancelSignal();

/** Whether a slot was given at once. */
async function takes(slots: CallSlots): Promise<boolean> {
  let taken = false;
  void slots.take(forever).then(() => (taken = true));
  await new Promise(setImmediate);
  return taken;
}

describe('CallSlots', () => {
  it('sets no limit until the server does', async () => {
    const slots = new CallSlots();
    for (let call = 0; call < 100; call += 1) assert.ok(await takes(slots));
  });

  it('learns the limit from a refusal, and hands slots on in order', async () => {
    const slots = new CallSlots();
    for (let call = 0; call < 3; call += 1) await slots.take(forever);
    assert.ok(slots.giveBackRefused(), 'two calls are under way: one of them will make room');
    const order: string[] = [];
    void slots.take(forever).then(() => order.push('first'));
    void slots.take(forever).then(() => order.push('second'));
    await new Promise(setImmediate);
    assert.deepEqual(order, []);
    slots.giveBack();
    await new Promise(setImmediate);
    assert.deepEqual(order, ['first']);
    slots.giveBack();
    await new Promise(setImmediate);
    assert.deepEqual(order, ['first', 'second']);
  });

  it('says when waiting is no use', async () => {
    const slots = new CallSlots();
    await slots.take(forever);
    assert.equal(slots.giveBackRefused(), false);
    assert.ok(await takes(slots), 'the next call is tried all the same');
  });

  it('probes for more after many calls without a refusal', async () => {
    const slots = new CallSlots();
    await slots.take(forever);
    await slots.take(forever);
    slots.giveBackRefused();
    assert.equal(await takes(slots), false);
    slots.giveBack();
    for (let call = 0; call < 250; call += 1) {
      slots.giveBack();
      await slots.take(forever);
    }
    assert.ok(await takes(slots));
  });

  it('lets go of a wait that is aborted', async () => {
    const slots = new CallSlots();
    await slots.take(forever);
    await slots.take(forever);
    slots.giveBackRefused();
    const signal = new CancelSignal();
    const waiting = slots.take(signal);
    signal.abort(new Error('gone'));
    await assert.rejects(waiting, /gone/);
    await assert.rejects(slots.take(signal), /gone/);
    slots.giveBack();
    assert.ok(await takes(slots));
  });
});
