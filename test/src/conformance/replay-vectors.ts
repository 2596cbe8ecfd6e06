import { setTimeout as sleep } from 'node:timers/promises';
import { compareGrpc } from './compare-grpc.js';
import { compareRest, type Strictness } from './compare-rest.js';
import type { GrpcCaller } from './grpc-call.js';
import type { Places } from './placeholders.js';
import type { Call, Vector } from './recordings.js';
import { callRest, type Endpoint } from './rest-call.js';

/** Where the vectors go: both ports of one server, or a proxy in front of its REST port. */
export interface Target {
  readonly rest: Endpoint;
  readonly grpc: GrpcCaller;
  readonly places: Places;
  readonly strictness: Strictness;
}

/** What one recording came to; no difference means that it passed. */
export interface Outcome {
  readonly id: string;
  readonly group: string;
  readonly difference: string | undefined;
  /** Something else than the server's answer went wrong: never an intended difference. */
  readonly failedToReplay: boolean;
}

/** Replays vectors of one server, one after the other and in their order. */
export async function replayVectors(vectors: readonly Vector[], target: Target): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const vector of [...vectors].sort((a, b) => a.order - b.order)) {
    let difference: string | undefined;
    let failedToReplay = false;
    for (let attempt = 0; attempt < attemptsFor(vector); attempt += 1) {
      try {
        failedToReplay = false;
        difference = await replayOne(vector, target);
      } catch (error) {
        failedToReplay = true;
        difference = `could not be replayed: ${String(error)}`;
      }
      if (difference === undefined) break;
    }
    outcomes.push({ id: vector.id, group: vector.group, difference, failedToReplay });
  }
  return outcomes;
}

/** Vectors that send calls ahead rely on 60-120 ms to have them arrive, which a busy machine does not always grant. */
function attemptsFor(vector: Vector): number {
  return vector.background.length > 0 && !vector.server.stateful ? 3 : 1;
}

async function replayOne(vector: Vector, target: Target): Promise<string | undefined> {
  for (const step of vector.setup) {
    if (step.kind === 'sleep') await sleep(step.ms);
    else await send(step, target);
  }
  const background: Promise<unknown>[] = [];
  for (const call of vector.background) {
    for (let index = 0; index < call.count; index += 1) background.push(send(call, target).catch(() => undefined));
    await sleep(call.then_wait_ms);
  }
  const difference =
    vector.kind === 'rest'
      ? compareRest(vector, await callRest(target.rest, vector.request), target.places, target.strictness)
      : compareGrpc(vector, await target.grpc.call(vector.request, target.places), target.places);
  // The next vector must not meet calls of this one.
  await Promise.all(background);
  return difference;
}

function send(call: Call, target: Target): Promise<unknown> {
  return call.kind === 'rest' ? callRest(target.rest, call.request) : target.grpc.call(call.request, target.places);
}
