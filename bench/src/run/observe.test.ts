import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { after, before, describe, it } from 'node:test';
import { startGenerator, type Generator } from '../load/index.js';
import { absentFrom } from '../record/index.js';
import { compareBetween } from '../observations/capacity/compare-between.js';
import { capacitySchema, type Capacity } from '../observations/capacity/record.js';
import { searchCapacities } from '../observations/capacity/search-capacity.js';
import { observeHotUpdates } from '../observations/hot-update/observe-hot-updates.js';
import type { Observation } from '../observations/index.js';
import { unlessGone } from './observe-context.js';
import { runPlan } from './run-plan.js';
import { aRun, RIGHT } from './testing/a-run.js';
import { SmallFleet } from './testing/small-fleet.js';

const expectedMs = (): number => 0;
const held = (contestant: string): Capacity['contestants'][number] => ({
  contestant,
  heldPerS: 2000,
  failedPerS: 4000,
  leftPerS: null,
  steps: [],
  overload: null,
});

describe('a server that cannot be observed to the end', () => {
  let generator: Generator;
  before(async () => {
    generator = await startGenerator();
  });
  after(() => generator[Symbol.asyncDispose]());

  /** What is recorded of an observation in which this contestant gets a signal once the run says `at`, or copies that version. */
  async function signalledIn(
    id: string,
    observe: Observation['observe'],
    contestants: readonly string[],
    killed: string,
    at: string,
    signal: NodeJS.Signals = 'SIGKILL',
    load = generator,
  ): ReturnType<typeof runPlan> {
    const fleet = new SmallFleet(Object.fromEntries(contestants.map((each) => [each, RIGHT])));
    const look = (text: string): void => {
      const pid = text.includes(at) ? fleet.running.get(killed)?.processes[0]?.pid : undefined;
      if (pid !== undefined) process.kill(pid, signal);
    };
    await using test = await aRun(load, fleet, {}, { observations: { [id]: { expectedMs, observe } }, hear: look });
    const model = await mkdtemp(`${tmpdir()}/observe-test-`);
    try {
      const folder = (_: string, version: number): string => {
        look(`version ${version}`);
        return model;
      };
      return await runPlan({ ...test.run, contestants, zoo: { ...test.run.zoo, folder } });
    } finally {
      await rm(model, { recursive: true });
    }
  }

  const reasons = ({ notTested }: Awaited<ReturnType<typeof runPlan>>): string[] =>
    notTested.map(({ subject, reason }) => `${subject}: ${reason.replace(/\d+/, 'n')}`);

  for (const [signal, reason] of [
    ['SIGKILL', 'the process direct-rest (n) has ended'],
    ['SIGUSR2', 'it answers with no prediction (it answered n: no answer from the model server)'],
  ] as const)
    it(`leaves no comparison between capacities: ${reason}`, async () => {
      const both = ['flask-style', 'direct-rest'];
      const observe: Observation['observe'] = (context) => unlessGone(compareBetween(both.map(held), context));
      const record = await signalledIn('capacity', observe, both, 'direct-rest', 'block 2', signal);
      assert.deepEqual(record.observations, { capacity: undefined });
      assert.deepEqual(reasons(record), [`direct-rest in capacity: ${reason}`]);
    });

  it('ends the search for its capacity at once', async () => {
    const own = ['flask-style'];
    const record = await signalledIn('capacity', searchCapacities, own, 'flask-style', 'at 350', 'SIGSTOP');
    assert.deepEqual(capacitySchema.parse(record.observations['capacity']).contestants, []);
    assert.match(
      reasons(record).join(),
      /^flask-style in capacity: .*(answers nothing within|takes no connections)[^,]*$/,
    );
  });

  /** A generator that sends no request at its moment. */
  const tooSlow = (): Generator => ({
    ...generator,
    runTrial: (spec, hooks) => {
      const sends = spec.load.kind === 'open' ? { durationMs: 20, maxOutstanding: 0 } : {};
      return generator.runTrial({ ...spec, ...sends }, hooks);
    },
  });

  for (const [id, observe, contestant, reason] of [
    ['capacity', searchCapacities, 'flask-style', 'could not keep up with the first rate'],
    ['hot-update', observeHotUpdates, 'flask-reload', 'could not send n requests itself'],
  ] as const)
    it(`is left out of ${id}, to be observed on resume, where the generator was too slow`, async () => {
      const record = await signalledIn(id, observe, [contestant], contestant, 'never', 'SIGKILL', tooSlow());
      assert.match(reasons(record).join(), new RegExp(`^${contestant} in ${id}: the load generator ${reason}`));
    });

  it('is compared again on resume where the generator was too slow in too many blocks', async () => {
    const both = ['flask-style', 'direct-rest'];
    const observe: Observation['observe'] = (context) => compareBetween(both.map(held), context);
    const record = await signalledIn('capacity', observe, both, 'direct-rest', 'never', 'SIGKILL', tooSlow());
    assert.deepEqual(reasons(record), [
      'the comparison of flask-style and direct-rest in capacity: the load generator could not keep up with n requests per second in too many blocks',
    ]);
    assert.match(reasons(record)[0] ?? '', new RegExp(`${absentFrom('capacity', '')}:`));
  });

  it('is not said to have died where Ctrl-C ended it', async () => {
    const fleet = new SmallFleet({ 'flask-style': RIGHT });
    const stop = new AbortController();
    const observe: Observation['observe'] = async (context) => {
      const admitted = await context.instance('flask-style', { model: 'tiny' });
      assert.ok('instance' in admitted);
      const { instance } = admitted;
      return await context.load({
        name: 'a-load',
        instance,
        block: 0,
        loop: { kind: 'closed', concurrency: 1 },
        warmupMs: 0,
        durationMs: 20,
        timeoutMs: 1000,
        // When the load is over, and before anybody has looked at the server.
        served: async () => {
          stop.abort();
          await instance.stop();
          return instance;
        },
      });
    };
    const observations = { seen: { expectedMs, observe } };
    await using test = await aRun(generator, fleet, {}, { observations, signal: stop.signal });
    const { events, notTested, interrupted } = await runPlan(test.run);
    assert.deepEqual([events, notTested], [undefined, []]);
    assert.match(interrupted ?? '', /stopped by the user/);
  });

  it('is not said to have failed an update', async () => {
    const own = ['flask-reload'];
    const { observations, notTested } = await signalledIn(
      'hot-update',
      observeHotUpdates,
      own,
      'flask-reload',
      'version 2',
    );
    assert.deepEqual(observations, {});
    assert.match(notTested.find(({ subject }) => subject === 'hot-update')?.reason ?? '', /has ended/);
  });
});
