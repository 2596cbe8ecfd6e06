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
import type { Condition } from '../record/index.js';
import type { PreparedRequest } from '../requests/index.js';
import { PREDICT_METHOD } from './ask.js';
import { runEngineTrial, type EngineTrial } from './engine-trial.js';

/** Inputs are chosen for this many requests; load that sends more starts again from the first. */
const ORDER_LENGTH = 8192;

export interface Drive extends EngineTrial {
  readonly generator: Generator;
  /** Instead of the arrivals of the condition's loop. */
  readonly schedule?: Float64Array | undefined;
  readonly seeds: { readonly arrivals: number; readonly inputs: number };
  /** `host:port` where to send instead of straight to the instance: a delay proxy. */
  readonly via?: string | undefined;
  /** Default false. */
  readonly keepsConnections?: boolean;
}

/** Sends load to a contestant and leaves the samples in their file. */
export async function drive(options: Drive, hooks: TrialHooks): Promise<TrialOutcome> {
  const { target } = options.instance;
  if (target.kind === 'engine') return await runEngineTrial(target.runner, options, hooks);
  const { generator, instance, golden, condition, schedule, seeds, via, ...given } = options;
  const { loop } = condition;
  const { durationMs } = given;
  const requests = loadRequests(golden, condition);
  const spec: TrialSpec = {
    ...given,
    contestant: instance.contestant.id,
    target: loadTarget(target, golden[0].model, via),
    requests,
    load:
      loop.kind === 'closed'
        ? loop
        : {
            kind: 'open',
            schedule: schedule ?? scheduleArrivals({ ...loop, kind: loop.arrivals, durationMs, seed: seeds.arrivals }),
          },
    order: inputOrder(seeds.inputs, ORDER_LENGTH, requests.length),
  };
  return await generator.runTrial(spec, hooks);
}

/** By the requests of the first version, so that the generator gets what it has already as the same array. */
const ofOneVersion = new WeakMap<readonly PreparedRequest[], readonly LoadRequest[]>();

/** The requests of a condition, with the answers that are right of every version. */
export function loadRequests(
  golden: Drive['golden'],
  condition: Pick<Condition, 'batch' | 'payload'>,
): readonly LoadRequest[] {
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

/** Where a contestant is asked for predictions of a model; `via`: the address in between. */
export function loadTarget(
  target: Exclude<RunningInstance['target'], { kind: 'engine' }>,
  model: string,
  via?: string,
): TrialSpec['target'] {
  if (target.kind === 'grpc') return { kind: 'grpc', address: via ?? target.address, path: PREDICT_METHOD };
  const { host, pathname } = new URL(target.url);
  return { kind: 'rest', address: via ?? host, path: `${pathname.replace(/\/$/, '')}/v1/models/${model}:predict` };
}
