import type { Cell, Condition, Profile } from '../../record/index.js';
import { cell, DEFAULT_MODEL } from '../cell.js';
import type { Experiment, PlanContext, PlannedContestant } from '../experiment.js';

/** 224 x 224 x 3 numbers: 0.6 MB as bytes, 0.8 MB as base64, 1.5 MB and more as JSON. */
const LARGE_PAYLOAD_MODEL = 'mobilenet-v2';
const CONTESTANTS = ['flask-style', 'direct-rest', 'direct-grpc', 'proxy-rest', 'proxy-grpc'];
/** Whoever reads JSON reads base64 in it; two contestants show what it saves. */
const BASE64 = ['flask-style', 'direct-rest'];

const TRIALS: Readonly<Record<Profile, number>> = { quick: 2, standard: 2, thorough: 12 };
/** Claims are decided with the large payload and these, with pairs enough for an interval. */
const DECIDING = ['direct-rest/json', 'direct-rest/base64', 'direct-grpc/tensor-content'];
const DECIDING_TRIALS: Readonly<Record<Profile, number>> = { quick: 2, standard: 6, thorough: 12 };
const SMALL_MS = 700;
/** One large request takes tens of milliseconds: the window must hold a certified median (method rule 9). */
const LARGE_MS = 1200;

/** gRPC against REST, typed numbers against raw bytes, and what the proxy adds, for small and for large payloads. */
export const protocol: Experiment = {
  id: 'protocol',
  profiles: ['standard', 'thorough'],
  notTested: ({ models }) => (models.has(DEFAULT_MODEL) ? undefined : `the model ${DEFAULT_MODEL} is missing`),
  cells: (context) =>
    [DEFAULT_MODEL, LARGE_PAYLOAD_MODEL].flatMap((model) => {
      const found = context.models.get(model);
      return found === undefined
        ? []
        : context.contestants
            .filter(({ id }) => CONTESTANTS.includes(id))
            .flatMap((contestant) => cellsOf(contestant, model, found.version, context));
    }),
};

function cellsOf(contestant: PlannedContestant, model: string, modelVersion: number, { profile }: PlanContext): Cell[] {
  const large = model === LARGE_PAYLOAD_MODEL;
  return payloadsOf(contestant).map((payload) =>
    cell({
      experiment: 'protocol',
      contestant,
      loop: { kind: 'closed', concurrency: 1 },
      model,
      modelVersion,
      payload,
      trials: (large && DECIDING.includes(`${contestant.id}/${payload}`) ? DECIDING_TRIALS : TRIALS)[profile],
      warmupMs: 300,
      durationMs: large ? LARGE_MS : SMALL_MS,
    }),
  );
}

function payloadsOf({ id, protocol }: PlannedContestant): Condition['payload'][] {
  if (protocol === 'grpc') return ['tensor-content', 'float-val'];
  return BASE64.includes(id) ? ['json', 'base64'] : ['json'];
}
