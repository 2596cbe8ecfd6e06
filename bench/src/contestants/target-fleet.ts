import { setTimeout } from 'node:timers/promises';
import type { ServingSource } from '../record/index.js';
import { grpcAddress, restAddress } from './address.js';
import { contestantById } from './catalogue.js';
import { runningInstance, type ContestantDefinition } from './definition.js';
import { once, type Fleet } from './fleet.js';
import { launchKey, type Launch, type RunningInstance, type Target } from './instance.js';
import { modelIsAvailable } from './serving/start-serving.js';
import { whatIsWrong } from './what-is-wrong.js';
import { messageOf } from '../words/message-of.js';

/**
 * Servers that run already, by contestant id, e.g. from `docker compose up`: `flask-style=http://127.0.0.1:8601`, and
 * `direct-grpc=127.0.0.1:8500` for gRPC. Throws for unknown ids and what is no address.
 */
export function parseTargets(text: string): ReadonlyMap<string, string> {
  const targets = new Map<string, string>();
  for (const item of text.split(',').filter((part) => part.trim() !== '')) {
    const [id, address] = splitOnce(item.trim(), '=');
    if (address === undefined || address === '')
      throw new Error(`--targets takes contestant=address pairs joined by commas; got "${item}"`);
    const { protocol } = contestantById(id, '--targets');
    if (protocol === 'in-process') throw new Error(`--targets: ${id} is no server`);
    if (targets.has(id)) throw new Error(`--targets: ${id} is named twice`);
    const option = `--targets ${id}`;
    const at = protocol === 'grpc' ? grpcAddress(option, address) : restAddress(option, address, true);
    const [same] = [...targets].find(([, taken]) => byNumber(taken) === byNumber(at)) ?? [];
    if (same !== undefined) throw new Error(`${option}: ${at} is ${same} already, and is not compared with itself`);
    targets.set(id, at);
  }
  if (targets.size === 0) throw new Error('--targets names no server');
  return targets;
}

/** An address of this machine has several names. */
function byNumber(address: string): string {
  return address.replace(/^(http:\/\/)?(?:localhost|\[::1\])(?=[:/]|$)/i, (_, scheme = '') => `${scheme}127.0.0.1`);
}

/** Models that no target serves, and why; none where a gRPC target, which is not asked, may serve any. */
export async function modelsNotServed(
  targets: ReadonlyMap<string, string>,
  models: Iterable<string>,
): Promise<{ subject: string; reason: string }[]> {
  if ([...targets.keys()].some((id) => contestantById(id).protocol === 'grpc')) return [];
  const asked = await Promise.all(
    [...new Set(models)].map(async (model) => {
      const answers = await Promise.allSettled([...targets.values()].map((url) => modelIsAvailable(url, model)));
      const reasons = answers.flatMap((answer) => (answer.status === 'rejected' ? [messageOf(answer.reason)] : []));
      return reasons.length < answers.length
        ? []
        : [{ subject: model, reason: `no target serves it: ${reasons.join('; ')}` }];
    }),
  );
  return asked.flat();
}

/** A fleet of servers that somebody else started and will stop. */
export function targetFleet(targets: ReadonlyMap<string, string>, source: ServingSource): Fleet {
  const known = new Map<string, Promise<RunningInstance>>();
  const find = (id: string, launch: Launch): Promise<RunningInstance> =>
    running(contestantById(id), targets, launch, source);
  const keyOf = (id: string, launch: Launch): string => `${id} ${launchKey(launch)}`;
  return {
    instance: (id, launch) => once(known, keyOf(id, launch), () => find(id, launch)),
    restart: (id, launch) => {
      known.delete(keyOf(id, launch));
      return once(known, keyOf(id, launch), () => comesBack(() => find(id, launch)));
    },
    keepOnly: () => Promise.resolve(),
    stop: () => Promise.resolve(),
  };
}

/** Whoever runs it may start it again: it gets so long. */
const COMES_BACK_MS = 5000;
const LOOK_EVERY_MS = 100;

async function comesBack(instance: () => Promise<RunningInstance>): Promise<RunningInstance> {
  const end = performance.now() + COMES_BACK_MS;
  for (;;) {
    try {
      const found = await instance();
      const wrong = await whatIsWrong(found);
      if (wrong === undefined) return found;
      throw new Error(wrong);
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await setTimeout(LOOK_EVERY_MS);
  }
}

async function running(
  definition: ContestantDefinition,
  targets: ReadonlyMap<string, string>,
  launch: Launch,
  source: ServingSource,
): Promise<RunningInstance> {
  const address = targets.get(definition.id);
  if (address === undefined) throw new Error(`${definition.id} is not among the targets`);
  if (Object.keys(launch.factors).length > 0)
    throw new Error(`${definition.id} runs already: ${JSON.stringify(launch.factors)} cannot be set on it`);
  const target: Target = definition.protocol === 'grpc' ? { kind: 'grpc', address } : { kind: 'rest', url: address };
  if (target.kind === 'rest')
    await modelIsAvailable(target.url, launch.model).catch((cause: unknown) => {
      throw new Error(`${definition.id} at ${address} does not serve ${launch.model}: ${messageOf(cause)}`, { cause });
    });
  return runningInstance(
    definition,
    launch,
    { servingIsStandin: source.kind === 'stand-in' },
    {
      command: `(running at ${address})`,
      startedHere: false,
      startedAll: false,
      target,
      processes: [],
      readyMs: 0,
      stop: () => Promise.resolve(),
    },
  );
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}
