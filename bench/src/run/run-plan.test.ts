import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  findServing,
  launchOf,
  parseTargets,
  startFleet,
  targetFleet,
  type Fleet,
  type Launch,
  type RunningInstance,
} from '../contestants/index.js';
import { startGenerator, type Generator } from '../load/index.js';
import type { Observation } from '../observations/index.js';
import type { Cell, TrialRecord } from '../record/index.js';
import { readSamples } from '../samples/index.js';
import { freePort } from '../process/index.js';
import { isAlive, processTree } from '../resources/index.js';
import { runPlan } from './run-plan.js';
import { aCell } from '../stats/testing/a-trial.js';
import { aRun, cellsOf, RIGHT, WRONG, type TestRun } from './testing/a-run.js';
import { SmallFleet, startSmallServer } from './testing/small-fleet.js';
import { openZoo } from './zoo.js';

const [A, B] = ['flask-style', 'flask-session'] as const;

/** Kills a contestant's process, or sends it another signal, when the run is at one of these blocks. */
function killer(
  fleet: SmallFleet,
  contestant: string,
  blocks: readonly number[],
  signal: NodeJS.Signals = 'SIGKILL',
): (text: string) => void {
  const left = new Set(blocks);
  return (text) => {
    const [, block = ''] = new RegExp(`test/${contestant}, block (\\d+) of`).exec(text) ?? [];
    const pid = fleet.running.get(contestant)?.processes[0]?.pid;
    if (pid !== undefined && left.delete(Number(block))) process.kill(pid, signal);
  };
}

async function failedRequests({ folder }: TestRun, trials: readonly TrialRecord[]): Promise<number> {
  const tables = await Promise.all(trials.map(({ samplesFile }) => readSamples(join(folder.path, samplesFile))));
  return tables.reduce((sum, { table }) => sum + table.outcome.filter((outcome) => outcome !== 0).length, 0);
}

function blocksOf(trials: readonly TrialRecord[], contestant: string): number[] {
  return trials.filter(({ cell }) => cell === `test/${contestant}`).map(({ block }) => block);
}

const ALL = [0, 1, 2, 3, 4, 5];

describe('a run', () => {
  let generator: Generator;
  before(async () => {
    generator = await startGenerator();
  });
  after(() => generator[Symbol.asyncDispose]());

  it('restarts a server that was killed, and measures its block again whole', async () => {
    const fleet = new SmallFleet({ [A]: RIGHT, [B]: RIGHT });
    await using test = await aRun(generator, fleet, { cells: cellsOf([A, B]) }, { hear: killer(fleet, A, [4]) });
    const { events = [], notTested } = await runPlan(test.run);
    const trials = await test.folder.readTrials();
    assert.deepEqual(blocksOf(trials, A), ALL);
    assert.deepEqual(blocksOf(trials, B), ALL);
    assert.equal(await failedRequests(test, trials), 0);
    assert.deepEqual(fleet.starts, [A, B, A]);
    assert.deepEqual(notTested, []);
    assert.equal(events.length, 1);
    assert.match(events[0]?.what ?? '', /the process flask-style \(\d+\) has ended; it is restarted/);
  });

  it('leaves out a server that dies again, and goes on with the others', async () => {
    const fleet = new SmallFleet({ [A]: RIGHT, [B]: RIGHT });
    await using test = await aRun(generator, fleet, { cells: cellsOf([A, B]) }, { hear: killer(fleet, A, [2, 4]) });
    const { events = [], notTested } = await runPlan(test.run);
    const trials = await test.folder.readTrials();
    assert.deepEqual(blocksOf(trials, B), ALL);
    assert.equal(await failedRequests(test, trials), 0);
    assert.deepEqual(
      notTested.map(({ subject, during }) => [subject, during]),
      [[`test/${A}`, 'measurement']],
    );
    assert.match(notTested[0]?.reason ?? '', /has ended, again after it was restarted/);
    assert.equal(events.length, 2);
  });

  for (const [signal, what] of [
    ['SIGSTOP', 'it takes connections and answers nothing within 1 s'],
    ['SIGUSR2', 'it answers with no prediction (it answered 504: no answer from the model server)'],
  ] as const)
    it(`restarts a server whose port takes connections, but ${what}`, async () => {
      const fleet = new SmallFleet({ [A]: RIGHT, [B]: RIGHT });
      const hear = killer(fleet, A, [4], signal);
      await using test = await aRun(generator, fleet, { cells: cellsOf([A, B]) }, { hear });
      const { events = [] } = await runPlan(test.run);
      const trials = await test.folder.readTrials();
      assert.deepEqual([blocksOf(trials, A), blocksOf(trials, B)], [ALL, ALL]);
      assert.equal(await failedRequests(test, trials), 0);
      assert.deepEqual(
        events.map((event) => event.what),
        [`${what}; it is restarted and the block measured again`],
      );
    });

  it('keeps the block in which a server stalls, with its timeout', async () => {
    const fleet = new SmallFleet({ [A]: RIGHT });
    const stop = killer(fleet, A, [4], 'SIGSTOP');
    const hear = (text: string): void => {
      stop(text);
      if (!text.includes('block 4 of')) return;
      // It is gone on with after the time limit of the trial's request, and before that of the look.
      const pid = fleet.running.get(A)?.processes[0]?.pid ?? 0;
      setTimeout(() => process.kill(pid, 'SIGCONT'), 1.5 * aCell().timeoutMs);
    };
    await using test = await aRun(generator, fleet, { cells: cellsOf([A]) }, { hear });
    const { events = [] } = await runPlan(test.run);
    assert.deepEqual([events, fleet.starts], [[], [A]]);
    const trials = await test.folder.readTrials();
    assert.deepEqual(blocksOf(trials, A), ALL);
    assert.match(trials.flatMap(({ failures = [] }) => failures).join(), /^timeout: timed out after 1000 ms[^,]*$/);
  });

  it('leaves out by itself who differs, does not answer or does not start', async () => {
    const fleet = new SmallFleet({ [A]: RIGHT, [B]: WRONG, 'flask-threads': 'closed' });
    const cells = cellsOf([A, B, 'flask-threads', 'flask-processes'], { trials: 2 });
    await using test = await aRun(generator, fleet, { cells });
    const { parity, notTested } = await runPlan(test.run);
    assert.deepEqual(
      parity?.contestants.map(({ contestant, outcome }) => `${contestant} ${outcome}`),
      [`${A} same`, `${B} differs`, 'flask-threads unreachable'],
    );
    assert.deepEqual(
      notTested.map(({ subject }) => subject),
      [`${B} with tiny`, 'flask-threads with tiny', 'flask-processes with tiny'],
    );
    assert.match(notTested[1]?.reason ?? '', /does not answer: .*ECONNREFUSED/);
    assert.deepEqual(blocksOf(await test.folder.readTrials(), A), [0, 1]);
  });

  for (const [signal, when, what] of [
    ['SIGKILL', 'in a block', /the process engine loop .* has ended/],
    ['SIGSTOP', 'in a block', /the bare engine gave no answer within 5\.1 s; it is restarted/],
    ['SIGSTOP', 'between visits', /the bare engine gave no answer within 5\.1 s; it is restarted/],
  ] as const)
    it(`restarts the bare engine when its process got ${signal} ${when}`, async () => {
      const zoo = await openZoo();
      const ignore = (): void => undefined;
      const serving = await findServing({ standinOnly: true, image: '', onProgress: ignore });
      const fleet = startFleet(serving, tmpdir(), ignore);
      const condition = { ...aCell().condition, model: 'fashion-cnn', modelVersion: 2 };
      const launch = launchOf(condition, zoo.basePath('fashion-cnn'));
      let [isDone, visits] = [false, 0];
      const strike = async (isTime: boolean): Promise<void> => {
        if (!isTime || isDone) return;
        isDone = true;
        const { processes } = await fleet.instance('bare-engine', launch);
        for (const { pid } of processes) process.kill(pid, signal);
      };
      const hear = (text: string): void => {
        void strike(when === 'in a block' && text.includes('block 2 of'));
      };
      const keepOnly: Fleet['keepOnly'] = async (launches) => {
        visits += 1;
        await strike(when === 'between visits' && visits === 2);
        await fleet.keepOnly(launches);
      };
      const overrides = { hear, zoo };
      const length = { trials: 4, durationMs: 100, timeoutMs: 5000 };
      const cells = cellsOf(['bare-engine'], { condition, decides: true, ...length });
      await using test = await aRun(generator, { ...fleet, keepOnly }, { cells, passes: 2 }, overrides);
      const { events = [], parity } = await runPlan(test.run);
      assert.deepEqual(blocksOf(await test.folder.readTrials(), 'bare-engine'), [0, 1, 2, 3]);
      assert.match(events[0]?.what ?? '', what);
      assert.equal(parity, undefined, 'it is not compared with itself');
    });

  it('starts a server anew that was killed between two visits', async () => {
    const fleet = new SmallFleet({ [A]: RIGHT, [B]: RIGHT });
    const kill = (text: string): void => {
      if (!text.includes(`test/${B}, block 6 of`)) return;
      for (const { pid } of fleet.running.get(A)?.processes ?? []) process.kill(pid, 'SIGKILL');
    };
    const of = (id: string, group: string): Cell[] => cellsOf([id], { group, decides: true, trials: 20 });
    const cells = [...of(A, 'one'), ...of(B, 'other')];
    await using test = await aRun(generator, fleet, { cells, passes: 2 }, { hear: kill });
    const { events = [], notTested } = await runPlan(test.run);
    assert.deepEqual(notTested, []);
    assert.deepEqual(fleet.starts, [A, B, A]);
    assert.match(events[0]?.what ?? '', /has ended; it is restarted$/);
    assert.equal(await failedRequests(test, await test.folder.readTrials()), 0);
  });

  it('ends where the load generator dies, and keeps the blocks before', async () => {
    await using mortal = await startGenerator();
    const hear = (text: string): void => {
      if (text.includes('block 3 of') && isAlive(mortal.pid)) process.kill(mortal.pid, 'SIGKILL');
    };
    await using test = await aRun(mortal, new SmallFleet({ [A]: RIGHT }), { cells: cellsOf([A]) }, { hear });
    await assert.rejects(runPlan(test.run), /the load generator ended by SIGKILL/);
    await assert.rejects(runPlan(test.run), /the load generator ended by SIGKILL/, 'no order of it gets through');
    assert.deepEqual(blocksOf(await test.folder.readTrials(), A), [0, 1]);
  });

  it('ends where the network in between dies, which is no fault of the server', async () => {
    const hear = (text: string): void => {
      if (!text.includes('block 3 of')) return;
      for (const pid of processTree(process.pid))
        if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('delay-proxy')) process.kill(pid, 'SIGKILL');
    };
    const { condition } = aCell();
    const near = { ...cellsOf([A])[0]?.condition, network: { rttMs: 1 } };
    const cells = cellsOf([A], { condition: { ...condition, ...near } });
    await using test = await aRun(generator, new SmallFleet({ [A]: RIGHT }), { cells }, { hear });
    await assert.rejects(runPlan(test.run), /the delay proxy ended by SIGKILL/);
    assert.deepEqual(blocksOf(await test.folder.readTrials(), A), [0, 1]);
  });

  it('waits for a target that is down for a moment', async () => {
    const first = await startSmallServer(RIGHT, await freePort());
    let again: ReturnType<typeof startSmallServer> | undefined;
    const targets = parseTargets(`${A}=http://127.0.0.1:${first.port}`);
    const fleet = targetFleet(targets, { kind: 'stand-in', version: '', detail: '' });
    let stopping: Promise<void> | undefined;
    const hear = (text: string): void => {
      if (text.includes('block 3 of')) stopping ??= first.stop();
      if (text.includes('takes no connections')) again ??= stopping?.then(() => startSmallServer(RIGHT, first.port));
    };
    await using test = await aRun(generator, fleet, { cells: cellsOf([A], { durationMs: 100 }) }, { hear });
    try {
      const { notTested, events = [] } = await runPlan(test.run);
      assert.deepEqual(blocksOf(await test.folder.readTrials(), A), ALL);
      assert.deepEqual(notTested, []);
      assert.match(events[0]?.what ?? '', /takes no connections .*; it is waited for and the block measured again/);
    } finally {
      await (await again)?.stop();
    }
  });

  it('restarts servers for each pass, and says which trial is of which', async () => {
    const fleet = new SmallFleet({ [A]: RIGHT });
    const cells = cellsOf([A], { decides: true, trials: 20, durationMs: 10 });
    await using test = await aRun(generator, fleet, { cells, passes: 3, startsAnew: true });
    await runPlan(test.run);
    assert.deepEqual(fleet.starts, [A, A, A]);
    const own = await test.folder.readTrials();
    assert.deepEqual(
      own.map(({ block }) => block),
      Array.from({ length: 20 }, (_, block) => block),
    );
    assert.deepEqual(
      [0, 1, 2].map((pass) => own.filter((trial) => trial.pass === pass).length),
      [8, 6, 6],
    );
  });

  it('asks for each kind of request once before it is measured: the first of a kind takes longest', async () => {
    const fleet = new SmallFleet({ [A]: RIGHT }, 1000);
    const [one] = cellsOf([A], { trials: 2, durationMs: 300 });
    assert.ok(one !== undefined);
    const two = { ...one, id: `test/${A}-b2`, condition: { ...one.condition, batch: 2 } };
    await using test = await aRun(generator, fleet, { cells: [one, two] });
    await runPlan(test.run);
    const trials = await test.folder.readTrials();
    assert.equal(trials.length, 4);
    assert.deepEqual(
      trials.filter(({ samples }) => samples === 0),
      [],
    );
  });

  it('leaves no part of a block behind when it is stopped, and measures it whole when it goes on', async () => {
    const fleet = new SmallFleet({ [A]: RIGHT, [B]: RIGHT });
    const stop = new AbortController();
    let seen = 0;
    const hear = (text: string): void => {
      if (text.includes('block 3 of') && (seen += 1) === 2) stop.abort();
    };
    await using test = await aRun(generator, fleet, { cells: cellsOf([A, B]) }, { hear, signal: stop.signal });
    assert.match((await runPlan(test.run)).interrupted ?? '', /stopped/);
    const before = await test.folder.readTrials();
    assert.deepEqual(
      [blocksOf(before, A), blocksOf(before, B)],
      [
        [0, 1],
        [0, 1],
      ],
    );
    // What a kill in the middle of an append would leave.
    const [half] = before.filter(({ block }) => block === 1);
    assert.ok(half !== undefined);
    await test.folder.appendTrials([{ ...half, id: half.id.replace('#1', '#2'), block: 2, samplesFile: 'half' }]);
    await runPlan({ ...test.run, signal: new AbortController().signal });
    const after = await test.folder.readTrials();
    assert.deepEqual([blocksOf(after, A).sort(), blocksOf(after, B).sort()], [ALL, ALL]);
    assert.ok(after.every(({ samplesFile }) => samplesFile !== 'half'));
    const lines = (await readFile(join(test.folder.path, 'trials.jsonl'), 'utf8')).trim().split('\n');
    assert.equal(lines.length, 13);
  });

  it('goes on with a run whose last line was cut, twice in a row', async () => {
    const fleet = new SmallFleet({ [A]: RIGHT, [B]: RIGHT });
    let stop = new AbortController();
    let stopAt = 3;
    const hear = (text: string): void => {
      if (text.includes(`block ${stopAt} of`)) stop.abort();
    };
    await using test = await aRun(generator, fleet, { cells: cellsOf([A, B]) }, { hear });
    const file = join(test.folder.path, 'trials.jsonl');
    for (const block of [3, 5]) {
      stopAt = block;
      await runPlan({ ...test.run, signal: stop.signal });
      stop = new AbortController();
      const { length: whole } = await test.folder.readTrials();
      await truncate(file, (await stat(file)).size - 200);
      assert.equal((await test.folder.readTrials()).length, whole - 1, 'the cut line is no trial');
      await test.folder.mendTrials();
    }
    stopAt = 0;
    await runPlan(test.run);
    const trials = await test.folder.readTrials();
    assert.deepEqual([blocksOf(trials, A).sort(), blocksOf(trials, B).sort()], [ALL, ALL]);
    for (const { id, samples, samplesFile } of trials) {
      const { identity, table } = await readSamples(join(test.folder.path, samplesFile));
      assert.deepEqual([identity.trial, table.length], [id, samples]);
    }
  });

  it('starts nobody for what is measured already', async () => {
    const fleet = new SmallFleet({ [A]: RIGHT, [B]: RIGHT });
    const of = (id: string, group: string): Cell[] => cellsOf([id], { group, trials: 2 });
    await using test = await aRun(generator, fleet, { cells: [...of(A, 'one'), ...of(B, 'other')] });
    await runPlan(test.run);
    await fleet.stop();
    const file = join(test.folder.path, 'trials.jsonl');
    const lines = (await readFile(file, 'utf8')).split('\n');
    await writeFile(file, `${lines.slice(0, 3).join('\n')}\n`);
    await runPlan(test.run);
    assert.deepEqual(fleet.starts, [A, B, B]);
  });

  it('throws no block away, and blames nobody, where Ctrl-C ends a restart', async () => {
    const stop = new AbortController();
    class Interrupted extends SmallFleet {
      override restart(): Promise<never> {
        stop.abort();
        return Promise.reject(new Error('it ended by SIGINT'));
      }
    }
    const fleet = new Interrupted({ [A]: RIGHT, [B]: RIGHT });
    const overrides = { hear: killer(fleet, A, [4]), signal: stop.signal };
    await using test = await aRun(generator, fleet, { cells: cellsOf([A, B]) }, overrides);
    const { notTested, events = [] } = await runPlan(test.run);
    assert.deepEqual(notTested, []);
    assert.equal(events.length, 1);
    assert.deepEqual(blocksOf(await test.folder.readTrials(), A), [0, 1, 2]);
  });

  it('restarts a server that has lost a worker, whoever replaces it', async () => {
    const fleet = new SmallFleet({ [A]: RIGHT }, 0, true);
    let killed = 0;
    const hear = (text: string): void => {
      if (killed > 0 || !text.includes('block 3 of')) return;
      killed = processTree(fleet.running.get(A)?.processes[0]?.pid ?? 0)[1] ?? 0;
      process.kill(killed, 'SIGKILL');
    };
    await using test = await aRun(generator, fleet, { cells: cellsOf([A]) }, { hear });
    const { events = [], notTested } = await runPlan(test.run);
    assert.deepEqual([fleet.starts, notTested], [[A, A], []]);
    assert.equal(
      events[0]?.what,
      `the process below ${A} (${killed}) has ended; it is restarted and the block measured again`,
    );
    assert.deepEqual(blocksOf(await test.folder.readTrials(), A), ALL);
  });

  it('asks a server again that did not answer when it was started with less', async () => {
    class Limited extends SmallFleet {
      override async instance(contestant: string, launch: Launch): Promise<RunningInstance> {
        const isLimited = launch.factors['memoryMb'] !== undefined;
        const instance = await super.instance(isLimited ? 'limited' : contestant, launch);
        return { ...instance, contestant: { ...instance.contestant, id: contestant } };
      }
    }
    const fleet = new Limited({ limited: 'closed', [A]: RIGHT });
    const [plain] = cellsOf([A], { trials: 2 });
    assert.ok(plain !== undefined);
    const condition = { ...plain.condition, factors: { memoryMb: 192 } };
    const cells = [{ ...plain, id: `limited/${A}`, group: 'limited', condition }, plain];
    await using test = await aRun(generator, fleet, { cells });
    const { parity, notTested } = await runPlan(test.run);
    assert.deepEqual(blocksOf(await test.folder.readTrials(), A), [0, 1]);
    assert.deepEqual(
      notTested.map(({ subject }) => subject),
      [`${A} with tiny, memoryMb=192`],
    );
    assert.deepEqual(
      parity?.contestants.map(({ outcome }) => outcome),
      ['same'],
    );
  });

  it('keeps what was observed of some when others cannot start, and names them', async () => {
    const fleet = new SmallFleet({ [A]: RIGHT });
    const observation: Observation = {
      expectedMs: () => 0,
      observe: async (context) => {
        const seen = [];
        for (const id of [A, B])
          seen.push('instance' in (await context.instance(id, { model: 'tiny', modelVersion: 1 })));
        return seen;
      },
    };
    await using test = await aRun(generator, fleet, {}, { observations: { seen: observation } });
    const { observations, notTested, parity, ledger } = await runPlan(test.run);
    assert.deepEqual(observations, { seen: [true, false] });
    assert.deepEqual(
      notTested.map(({ subject }) => subject),
      [`${B} in seen`],
    );
    assert.equal(parity?.contestants[0]?.outcome, 'same');
    assert.equal(ledger.find(({ property }) => property === 'processes')?.values[A], '1');
  });
});
