import type { RunningInstance } from '../contestants/index.js';
import {
  inputOrder,
  scheduleArrivals,
  type Generator,
  type PreparedRequest as LoadRequest,
  type TrialHooks,
  type TrialOutcome,
  type TrialSpec,
} from '../load/index.js';
import type { Condition, Loop } from '../record/index.js';
import type { GoldenSet, PreparedRequest } from '../requests/index.js';
import { PREDICT_METHOD } from './ask.js';

/** Inputs are chosen for this many requests; load that sends more starts again from the first. */
const ORDER_LENGTH = 65_536;

export interface Drive {
  readonly generator: Generator;
  readonly instance: RunningInstance;
  readonly trial: string;
  readonly cell: string;
  readonly condition: Pick<Condition, 'loop' | 'batch' | 'payload'>;
  /** Predictions of every version that may rightly answer, the same cases in the same order. */
  readonly golden: readonly [GoldenSet, ...GoldenSet[]];
  /** Instead of the arrivals of the condition's loop. */
  readonly schedule?: Float64Array;
  readonly seeds: { readonly arrivals: number; readonly inputs: number };
  readonly warmupMs: number;
  readonly durationMs: number;
  readonly timeoutMs: number;
  readonly samplesFile: string;
  /** Where to send instead of straight to the instance: a delay proxy. */
  readonly viaUrl?: string;
}

/** Sends load to a server and leaves the samples in their file. */
export function drive(wish: Drive, hooks: TrialHooks): Promise<TrialOutcome> {
  const { condition, instance, golden, seeds, durationMs } = wish;
  const requests = loadRequests(golden, condition);
  const spec: TrialSpec = {
    trial: wish.trial,
    cell: wish.cell,
    contestant: instance.contestant.id,
    target: loadTarget(instance, golden[0].model, wish.viaUrl),
    requests,
    load:
      condition.loop.kind === 'closed'
        ? { kind: 'closed', concurrency: condition.loop.concurrency }
        : {
            kind: 'open',
            schedule: wish.schedule ?? scheduleArrivals(arrivalPattern(condition.loop, durationMs, seeds.arrivals)),
          },
    order: inputOrder(seeds.inputs, ORDER_LENGTH, requests.length),
    warmupMs: wish.warmupMs,
    durationMs,
    timeoutMs: wish.timeoutMs,
    samplesFile: wish.samplesFile,
  };
  return wish.generator.runTrial(spec, hooks);
}

/** By the requests of the first version, so that the generator gets what it has already as the same array. */
const ofOneVersion = new WeakMap<readonly PreparedRequest[], readonly LoadRequest[]>();

function loadRequests(golden: Drive['golden'], condition: Drive['condition']): readonly LoadRequest[] {
  const perVersion = golden.map((set) => ({ version: set.version, requests: set.prepare(condition) }));
  const bodies = perVersion[0]?.requests ?? [];
  const known = golden.length === 1 ? ofOneVersion.get(bodies) : undefined;
  if (known !== undefined) return known;
  const requests = bodies.map(({ body, outputs }, index) => ({
    body,
    expected: perVersion.map((each) => ({
      version: each.version,
      outputs: each.requests[index]?.outputs ?? outputs,
    })),
  }));
  if (golden.length === 1) ofOneVersion.set(bodies, requests);
  return requests;
}

function loadTarget(instance: RunningInstance, model: string, viaUrl: string | undefined): TrialSpec['target'] {
  const { target } = instance;
  switch (target.kind) {
    case 'rest': {
      const { origin, pathname } = new URL(target.url);
      const path = `${pathname.replace(/\/$/, '')}/v1/models/${model}:predict`;
      return { kind: 'rest', origin: viaUrl ?? origin, path, headers: target.headers };
    }
    case 'grpc':
      return {
        kind: 'grpc',
        address: viaUrl === undefined ? target.address : new URL(viaUrl).host,
        method: PREDICT_METHOD,
      };
    case 'engine':
      throw new Error('the bare engine is not driven over a network');
  }
}

function arrivalPattern(
  loop: Extract<Loop, { kind: 'open' }>,
  durationMs: number,
  seed: number,
): Parameters<typeof scheduleArrivals>[0] {
  const { ratePerS } = loop;
  switch (loop.arrivals) {
    case 'constant':
      return { kind: 'constant', ratePerS, durationMs };
    case 'poisson':
      return { kind: 'poisson', ratePerS, durationMs, seed };
    case 'ramp':
      return { kind: 'ramp', fromPerS: 0, toPerS: ratePerS, durationMs, seed };
    case 'trace':
      throw new Error('a cell with a recorded trace needs its instants: no experiment plans one');
  }
}
