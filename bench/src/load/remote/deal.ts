import type { TrialSpec } from '../trial-spec.js';

/**
 * A trial's parts for so many generators: a closed loop's clients are split, an open loop's arrivals are dealt in turn, each
 * with its input, so that together they are the trial. A generator for which nothing is left gets no part.
 */
export function deal(spec: TrialSpec, generators: number): (TrialSpec | undefined)[] {
  return Array.from({ length: generators }, (_, at) => partOf(spec, at, generators));
}

function partOf(spec: TrialSpec, at: number, of: number): TrialSpec | undefined {
  const { load, order, connections } = spec;
  const part = {
    ...spec,
    order: every(order, at, of),
    samplesFile: `${spec.samplesFile}.${at}`,
    ...(connections === undefined ? {} : { connections: Math.ceil(connections / of) }),
  };
  if (load.kind === 'closed') {
    const concurrency = Math.floor(load.concurrency / of) + (at < load.concurrency % of ? 1 : 0);
    return concurrency === 0 ? undefined : { ...part, load: { kind: 'closed', concurrency } };
  }
  const schedule = load.schedule.filter((_, arrival) => arrival % of === at);
  return schedule.length === 0 && at > 0 ? undefined : { ...part, load: { kind: 'open', schedule } };
}

/** Every `of`-th input from the `at`-th on. The order begins again when it ends, until it comes out even. */
function every(order: Uint32Array, at: number, of: number): Uint32Array {
  return Uint32Array.from({ length: order.length }, (_, i) => order[(i * of + at) % order.length] ?? 0);
}
