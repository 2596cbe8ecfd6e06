import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CATALOGUE } from '../contestants/index.js';
import { readManifest } from '../models/index.js';
import type { CellClaim, Judgement } from '../questions/claim.js';
import { cellsOfClaim } from '../questions/claim.js';
import { QUESTIONS } from '../questions/index.js';
import { ZOO } from '../questions/subject.js';
import type { Cell, Contestant, ModelFacts, Plan, Profile, StudyRecord } from '../record/index.js';
import { aStudy } from '../record/testing/a-study.js';
import { PAIRS_NEEDED, summariseCell } from '../stats/index.js';
import { kindsOf, protocolOf } from '../run/floors.js';
import { makePlan } from '../run/make-plan.js';
import { modelFacts } from '../run/zoo.js';
import { Findings } from './findings.js';
import { judgeCellClaim } from './judge-cell-claim.js';
import { judgeClaims } from './judge-claims.js';
import { measuredCell } from './testing/measured-cell.js';

const models: ReadonlyMap<string, ModelFacts> = new Map(
  (await readManifest()).models.map((model) => [model.name, modelFacts(model)]),
);
const contestants: Contestant[] = CATALOGUE.map(({ id, label, role, family, protocol, onServing }) => ({
  id,
  label,
  role,
  family,
  protocol,
  command: '',
  backend: onServing ? 'tensorflow-serving' : 'in-process',
}));

/** A plan on a machine with four CPUs and a GPU: nothing is left out for the machine's sake. */
function planOf(profile: Profile): Plan {
  return makePlan({
    context: {
      profile,
      schedulableCpus: 4,
      serverCpus: [0, 1, 2],
      noGpu: undefined,
      subject: ZOO,
      memoryLimits: true,
      contestants,
      models,
    },
    questions: QUESTIONS,
    timeFactor: 1,
    seeds: { arrivals: 1, inputs: 2, order: 3 },
  }).plan;
}

/** The cells that claims rest on, in the order of the plan. */
function cellsOfClaims({ cells }: Plan): Cell[] {
  const wanted = new Set(
    QUESTIONS.flatMap(({ id, claims }) => {
      const own = cells.filter(({ experiment }) => experiment === id);
      return claims.flatMap((claim) => cellsOfClaim(claim, own, models));
    }),
  );
  return cells.filter((cell) => wanted.has(cell));
}

function aRunOf(plan: Plan): StudyRecord {
  const floors = kindsOf(plan.cells).map(({ payload, model, batch }) => ({
    protocol: protocolOf(payload),
    payload,
    model,
    batch,
    requestBytes: 1,
    answerBytes: 1,
    p50Ms: 0,
    p99Ms: 0,
    cpuMsPerRequest: 0,
    throughputPerS: 40_000,
  }));
  return aStudy({ contestants, models: [...models.values()], plan, floors });
}

describe('a claim on cells', () => {
  const plan = planOf('standard');
  const study = aRunOf(plan);
  /** The ratio of the claim's metric: a time as told, a rate as its inverse. */
  const verdictAt = (claim: CellClaim, [own, other]: readonly Cell[], ratio: number): string => {
    assert.ok(own !== undefined && other !== undefined, claim.id);
    const isRate = claim.metric === 'throughput' || claim.metric === 'instances per second';
    const instances = claim.metric === 'instances per second' ? own.condition.batch / other.condition.batch : 1;
    const timesAsLong = isRate ? instances / ratio : ratio;
    const findings = new Findings(study, [
      measuredCell({ ...own, durationMs: 200 }, timesAsLong),
      measuredCell({ ...other, durationMs: 200 }, 1),
    ]);
    return judgeCellClaim(findings, own.experiment, claim).verdict;
  };
  // At 0.5, 0.97, 1, 1.03 and 2 (method rule 10).
  const EXPECTED = {
    less: ['CONFIRMED', 'EQUIVALENT', 'EQUIVALENT', 'EQUIVALENT', 'REFUTED'],
    more: ['REFUTED', 'EQUIVALENT', 'EQUIVALENT', 'EQUIVALENT', 'CONFIRMED'],
    'no difference': ['REFUTED', 'CONFIRMED', 'CONFIRMED', 'CONFIRMED', 'REFUTED'],
    'not less': ['REFUTED', 'CONFIRMED', 'CONFIRMED', 'CONFIRMED', 'CONFIRMED'],
  } as const;

  for (const { id, claims } of QUESTIONS)
    for (const claim of claims)
      if ('says' in claim)
        it(`says what it says: ${claim.id}`, () => {
          const own = plan.cells.filter(({ experiment }) => experiment === id);
          const cells = cellsOfClaim(claim, own, models);
          const verdicts = [0.5, 0.97, 1, 1.03, 2].map((ratio) => verdictAt(claim, cells, ratio));
          assert.deepEqual(verdicts, EXPECTED[claim.says]);
        });
});

describe('a side that was not measured', () => {
  const plan = planOf('thorough');
  /** The verdict where every cell that the claim might take was measured but its own first one. */
  const without = (wanted: string): string => {
    const question = QUESTIONS.find(({ claims }) => claims.some(({ id }) => id === wanted));
    const claim = question?.claims.find(({ id }) => id === wanted);
    assert.ok(question !== undefined && claim !== undefined && 'says' in claim);
    const own = plan.cells.filter(({ experiment }) => experiment === question.id);
    const [first] = cellsOfClaim(claim, own, models);
    const cells = own.map((cell) => (cell === first ? summariseCell(cell, []) : measuredCell(cell, 1)));
    return judgeCellClaim(new Findings(aRunOf(plan), cells), question.id, claim).verdict;
  };

  it('is not replaced by a cell of another condition, or by the other side', () => {
    assert.equal(without('heavy-model-hides-server'), 'NOT TESTED');
    assert.equal(without('second-cpu-helps-flask-style'), 'NOT TESTED');
  });
});

describe('a block without a right answer', () => {
  it('is not left out of a comparison in favour of who gave none', () => {
    const [own, other] = cellsOfClaims(planOf('standard')).filter(({ experiment }) => experiment === 'headline');
    assert.ok(own !== undefined && other !== undefined);
    const sooner = measuredCell({ ...own, durationMs: 200 }, 1);
    const judged = (silent: number): Judgement => {
      const trials = sooner.trials.map((trial, at) =>
        at < silent ? { ...trial, throughputPerS: 0, p50Ms: null } : trial,
      );
      const cells = [{ ...sooner, trials }, measuredCell({ ...other, durationMs: 200 }, 2)];
      return judgeCellClaim(new Findings(aStudy({ contestants }), cells), 'headline', {
        id: '',
        sentence: '',
        says: 'less',
        metric: 'p50 service time',
        of: { contestant: own.contestant },
        over: { contestant: other.contestant },
      });
    };
    assert.equal(judged(1).verdict, 'CONFIRMED');
    assert.equal(judged(9).verdict, 'INCONCLUSIVE');
    assert.match(judged(9).reason, /no right answer in 9 and 0 of 20 blocks/);
  });
});

describe('a profile', () => {
  for (const profile of ['quick', 'standard', 'thorough'] as const)
    it(`has blocks enough for every claim on cells: ${profile}`, () => {
      const plan = planOf(profile);
      const cells = cellsOfClaims(plan).map((cell) => measuredCell({ ...cell, durationMs: 100 }, 1));
      const onCells = new Set(
        QUESTIONS.flatMap(({ claims }) => claims.flatMap((each) => ('says' in each ? [each.id] : []))),
      );
      const judged = judgeClaims(QUESTIONS, new Findings(aRunOf(plan), cells));
      for (const { claim, verdict, reason, effects } of judged.filter((each) => onCells.has(each.claim))) {
        assert.notEqual(verdict, 'NOT TESTED', `${claim}: ${reason}`);
        assert.ok((effects[0]?.pairs ?? 0) >= PAIRS_NEEDED, `${claim}: ${reason}`);
      }
    });
});

describe('a claim that was not tested', () => {
  it('has the reason that is its own', () => {
    const unserved = { subject: 'cnn-d16', reason: 'no target serves it' };
    const asked: StudyRecord['asked'] = {
      program: 'bench',
      profile: 'standard',
      targets: ['flask-style=http://h:1'],
      seed: 1,
      timeFactor: 1,
    };
    const study = { ...aRunOf(planOf('standard')), asked, notTested: [unserved] };
    const judged = judgeClaims(QUESTIONS, new Findings(study, []));
    const reasonOf = (id: string): string => judged.find(({ claim }) => claim === id)?.reason ?? '';
    assert.match(reasonOf('throughput-direct-rest'), /\(direct-rest: not among the targets\)$/);
    assert.match(reasonOf('second-cpu-helps-flask-style'), /\(it takes servers that are started with options/);
    assert.match(reasonOf('tail-at-the-same-rate'), /\(.+: not among the targets; cnn-d16: no target serves it\)$/);
    assert.equal(judged.filter(({ reason }) => reason.includes('cnn-d16')).length, 1);
  });
});

describe('a claim that was not tested in a run that was stopped', () => {
  const plan = planOf('standard');
  const notTested: StudyRecord['notTested'] = [
    { subject: 'flask-control with fashion-cnn', reason: 'it did not start', during: 'start' },
    { subject: 'flask-style with fashion-cnn, memoryMb=192', reason: 'not enough memory', during: 'start' },
    { subject: cellsOfClaims(plan).find(({ contestant }) => contestant === 'fastapi')?.id ?? '', reason: 'it died' },
  ];
  const reasonIn = (study: Partial<StudyRecord>, id: string): string =>
    judgeClaims(QUESTIONS, new Findings({ ...aRunOf(plan), notTested, ...study }, [])).find(({ claim }) => claim === id)
      ?.reason ?? '';

  it('has the reason that is its own, and the stop where it has none', () => {
    const interrupted = 'stopped by the user';
    assert.match(
      reasonIn({ interrupted }, 'flask-style-throughput'),
      /flask-control with fashion-cnn: it did not start/,
    );
    assert.match(reasonIn({ interrupted }, 'fastapi-throughput'), /\/fastapi: it died/);
    assert.equal(reasonIn({ interrupted }, 'second-cpu-helps-flask-style'), 'the run was stopped before this');
    const targets = ['flask-style=http://h:1', 'flask-control=http://h:2'];
    const asked = { program: 'bench', profile: 'standard', targets, seed: 1, timeFactor: 1 } as const;
    assert.equal(
      reasonIn({ interrupted, asked, notTested: [] }, 'flask-style-throughput'),
      'the run was stopped before this',
    );
  });

  it('is not said to lack a server that started otherwise', () => {
    assert.equal(reasonIn({}, 'second-cpu-helps-flask-style'), 'neither side was measured');
  });
});

describe('a stand-in', () => {
  it('decides nothing about TensorFlow Serving, and everything else', () => {
    const plan = planOf('standard');
    const standins = contestants.map((each) =>
      each.backend === 'tensorflow-serving' ? { ...each, backend: 'stand-in' as const } : each,
    );
    const cells = cellsOfClaims(plan).map((cell) => measuredCell({ ...cell, durationMs: 100 }, 1));
    const findings = new Findings({ ...aRunOf(plan), contestants: standins }, cells);
    for (const each of judgeClaims(QUESTIONS, findings)) {
      const { claim, verdict, aboutTensorFlowServing, standin, reason, effects } = each;
      if (aboutTensorFlowServing) assert.equal(verdict, 'NOT TESTED', claim);
      const compared = effects.flatMap((effect) => Object.values(effect.contestants));
      assert.ok(!compared.some((id) => findings.isStandin(id)), `${claim}: no verdict rests on a stand-in's cells`);
      assert.equal(reason.includes('stand-in'), standin !== undefined, claim);
    }
  });
});
