import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { aStudy } from '../record/testing/a-study.js';
import { RunFolder } from '../run-folder/index.js';
import { aTrial } from '../stats/testing/a-trial.js';
import { goingOn, holdsResults } from './measure.js';
import { occupy } from './occupy.js';
import { claimResumed, refuseOtherVersions, resumedOptions } from './resume.js';
import type { RunOptions } from './run-options.js';
import { study } from './study.js';
import { runOptions } from './testing/run-options.js';

let parent: string;
let folder: RunFolder;

function options({ out, ...asked }: Partial<RunOptions['asked'] & Pick<RunOptions, 'out'>>): RunOptions {
  return runOptions({
    asked: { program: 'study', profile: 'quick', seed: 1, timeFactor: 1, ...asked },
    given: new Set(Object.keys({ ...asked, ...(out && { out }) })),
    ...(out && { out }),
    resume: folder.path,
  });
}

before(async () => {
  parent = await mkdtemp(join(tmpdir(), 'resume-'));
  folder = await RunFolder.create(parent, 'run');
  const { asked } = options({ profile: 'standard', only: ['headline', 'batch'], seed: 7 });
  await folder.writeStudy(aStudy({ asked, versions: { study: 'abc' } }));
});
after(() => rm(parent, { recursive: true }));

describe('a resumed run', () => {
  it('takes its own options, whatever is default', async () => {
    const resumed = await resumedOptions(options({}));
    assert.deepEqual(resumed.options.asked, resumed.record?.asked);
    const { profile, only, seed } = resumed.options.asked;
    assert.deepEqual([profile, only, seed], ['standard', ['headline', 'batch'], 7]);
    await resumedOptions(options({ only: ['batch', 'headline'], out: parent, seed: 7 }));
  });

  const others: [name: string, typed: Parameters<typeof options>[0]][] = [
    ['--profile', { profile: 'thorough' }],
    ['--only', { only: ['headline'] }],
    ['--contestants', { contestants: ['flask-style'] }],
    ['--seed', { seed: 8 }],
    ['--time-factor', { timeFactor: 2 }],
    ['--out', { out: '/elsewhere' }],
  ];
  for (const [name, typed] of others)
    it(`refuses another ${name} by name`, async () => {
      await assert.rejects(resumedOptions(options(typed)), new RegExp(`^Error: ${name}: .*begin a new run`));
    });

  it('is not gone on with by another command', async () => {
    await assert.rejects(resumedOptions(options({ program: 'bench' })), /npm run study began that run, npm run bench/);
  });

  it('asks the same servers', async () => {
    const own = options({ program: 'bench', targets: ['flask-style=http://h:1'] });
    const begun = await RunFolder.create(parent, 'targets');
    await begun.writeStudy(aStudy({ asked: own.asked }));
    await resumedOptions({ ...own, resume: begun.path });
    const other = options({ program: 'bench', targets: ['flask-style=http://h:2'] });
    await assert.rejects(
      resumedOptions({ ...other, resume: begun.path }),
      /^Error: --targets: .* had flask-style=http:\/\/h:1, not flask-style=http:\/\/h:2; /,
    );
  });

  it('observes again where somebody was missing, and keeps the rest', () => {
    const { machine, versions, serving, ...record } = aStudy({
      observations: { capacity: {}, 'hot-update': {} },
      notTested: [
        { subject: 'direct-rest in capacity', reason: 'it died', during: 'observation' },
        { subject: 'gpu', reason: 'there is none' },
      ],
    });
    const segment = { startedAt: record.startedAt, command: '', machine, versions, serving };
    const resumed = goingOn({ ...record, machine, versions, serving }, segment);
    assert.deepEqual(resumed.observations, { 'hot-update': {} });
    assert.deepEqual(
      resumed.notTested.map(({ subject }) => subject),
      ['gpu'],
    );
  });

  it('is said to keep something only where something was measured or observed', async () => {
    const fresh = await RunFolder.create(parent, 'fresh');
    assert.ok(!(await holdsResults(fresh, aStudy())));
    assert.ok(await holdsResults(fresh, aStudy({ observations: { capacity: null } })));
    await fresh.appendTrials([aTrial([]).record]);
    assert.ok(await holdsResults(fresh, aStudy()));
  });

  it('is not gone on with while another process does', async () => {
    const claims = async (): Promise<string[]> =>
      (await readdir(folder.path)).filter((name) => name.startsWith('.running'));
    const other = `.running-${process.ppid}`;
    await writeFile(join(folder.path, other), '');
    await assert.rejects(occupy(folder.path), new RegExp(`is still going on, in process ${process.ppid}`));
    assert.deepEqual(await claims(), [other]);
    await rename(join(folder.path, other), join(folder.path, '.running-999999999'));
    await (await occupy(folder.path))[Symbol.asyncDispose]();
    assert.deepEqual(await claims(), []);
  });

  it('is claimed before its record is read, which whoever has it may still change', async () => {
    const other = join(folder.path, `.running-${process.ppid}`);
    await writeFile(other, '');
    // By what the record says now it would be refused for another reason.
    await assert.rejects(study(options({ seed: 8 })), /is still going on, in process/);
    await assert.rejects(study({ ...options({ seed: 8 }), dryRun: true }), /--seed: /);
    await rm(other);
    const claim = await claimResumed(options({}));
    assert.ok((await readdir(folder.path)).includes(`.running-${process.pid}`));
    await claim?.[Symbol.asyncDispose]();
    await assert.rejects(claimResumed({ resume: parent, dryRun: false }), /is not a run folder/);
    assert.deepEqual(
      (await readdir(parent)).filter((name) => name.startsWith('.')),
      [],
    );
  });

  it('measures the cost of the generator anew where a model had not been built', () => {
    const built = aStudy({ floors: [] });
    const { machine, versions, serving, startedAt } = built;
    const segment = { startedAt, command: '', machine, versions, serving };
    assert.deepEqual(goingOn(built, segment).floors, []);
    const notTested = [{ subject: 'resnet50', reason: 'no Python', during: 'build' as const }];
    assert.equal(goingOn({ ...built, notTested }, segment).floors, undefined);
  });

  it('is gone on with by one of two processes at most that begin at the same instant', async () => {
    const script = `
      const { occupy } = await import(${JSON.stringify(new URL('occupy.js', import.meta.url).href)});
      for await (const folder of (await import('node:readline')).createInterface(process.stdin))
        console.log(await occupy(folder).then(() => 'has it', () => 'is refused'));
    `;
    const both = [0, 1].map(() =>
      spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['pipe', 'pipe', 'inherit'] }),
    );
    const outcomes = both.map(({ stdout }) => createInterface(stdout)[Symbol.asyncIterator]());
    for (let round = 0; round < 50; round += 1) {
      const { path } = await RunFolder.create(parent, `round-${round}`);
      await writeFile(join(path, '.running-999999999'), '');
      for (const { stdin } of both) stdin.write(`${path}\n`);
      const told = await Promise.all(outcomes.map(async (lines) => String((await lines.next()).value)));
      assert.ok(told.includes('is refused'), `round ${round}: ${told.join()}`);
    }
    for (const { stdin } of both) stdin.end();
  });

  it('refuses other versions, with both named', () => {
    const record = aStudy({ versions: { study: 'abc' } });
    refuseOtherVersions(record, record.serving, { study: 'abc' });
    assert.throws(() => {
      refuseOtherVersions(record, { ...record.serving, version: '2.19.0' }, { study: 'abc' });
    }, /TensorFlow Serving 2\.20\.0, here it is 2\.19\.0/);
    const [at, elsewhere] = ['http://h:1', 'http://h:2'].map((detail) => ({
      kind: 'url' as const,
      version: '',
      detail,
    }));
    assert.ok(at !== undefined && elsewhere !== undefined);
    assert.throws(() => {
      refuseOtherVersions({ ...record, serving: at }, elsewhere, { study: 'abc' });
    }, /TensorFlow Serving at http:\/\/h:1, here it is http:\/\/h:2/);
    assert.throws(() => {
      refuseOtherVersions(record, record.serving, { study: 'def' });
    }, /this project at abc, here it is def/);
    assert.throws(() => {
      refuseOtherVersions({ ...record, versions: { study: 'abc', node: 'v20.1.0' } }, record.serving, {
        study: 'abc',
        node: 'v22.1.0',
      });
    }, /Node v20\.1\.0, here it is v22\.1\.0/);
  });
});
