import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromGenerator, NamedRequests, ToGenerator } from './generator-messages.js';
import { launchScript } from '../process/index.js';
import { requestNames } from './request-names.js';
import type { TrialOutcome } from './trial-outcome.js';
import type { TrialSpec } from './trial-spec.js';

const ENTRY = fileURLToPath(new URL('./generator-process.js', import.meta.url));
/** Young generation of 64 MB from the start: garbage dies young, and collections come rarely enough to stay out of p99. */
const NODE_FLAGS = ['--expose-gc', '--min-semi-space-size=64', '--max-semi-space-size=64'];

export interface TrialHooks {
  /** Ends the trial early: what was measured until then is in the outcome, which says `cut`. */
  readonly signal?: AbortSignal;
  /** The window begins (now, but for the message's way: under a millisecond). */
  readonly onWindowStart?: (start: { readonly startedAt: string; readonly startedAtNs: number }) => void;
  readonly onWindowEnd?: () => void;
}

/** A process that generates load, one trial after another. */
export interface Generator {
  readonly pid: number;
  /** Rejects when the generator dies or cannot begin (samples file exists, target is no address); a server's failures are samples. */
  runTrial(spec: TrialSpec, hooks?: TrialHooks): Promise<TrialOutcome>;
  /** Closes the connections that trials have left open. Not while one runs. */
  closeConnections(): void;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface GeneratorOptions {
  /** Cores to keep to, as `taskset -c` takes them (method rule 19). Needs `taskset`. Default: all. */
  readonly cpus?: string;
}

/** Starts a generator. Keep it for many trials: its code is then compiled and warm. */
export async function startGenerator({ cpus }: GeneratorOptions = {}): Promise<Generator> {
  const options = { nodeFlags: NODE_FLAGS, ...(cpus === undefined ? {} : { cpus }) };
  const generator = launchScript('the load generator', ENTRY, options);
  await generator.message();
  const nameOf = requestNames();
  let busy = false;

  async function runTrial(spec: TrialSpec, hooks: TrialHooks = {}): Promise<TrialOutcome> {
    if (busy) throw new Error('this generator is already running a trial');
    checkSpec(spec);
    busy = true;
    try {
      return await generator.unlessItEnds(exchangeMessages(generator.child, spec, nameOf(spec.requests), hooks));
    } finally {
      busy = false;
    }
  }
  const closeConnections = (): void => {
    generator.child.send({ kind: 'close-connections' } satisfies ToGenerator);
  };
  const close = (): Promise<void> => generator.stop();
  return { pid: generator.pid, runTrial, closeConnections, close, [Symbol.asyncDispose]: close };
}

function exchangeMessages(
  child: ChildProcess,
  { requests: _, ...spec }: TrialSpec,
  requests: NamedRequests,
  hooks: TrialHooks,
): Promise<TrialOutcome> {
  const { signal } = hooks;
  const say = (message: ToGenerator): void => {
    child.send(message);
  };
  return new Promise((resolve, reject) => {
    const cut = (): void => {
      say({ kind: 'cut' });
    };
    const onMessage = (message: FromGenerator): void => {
      if (message.kind === 'window-start') hooks.onWindowStart?.(message);
      if (message.kind === 'window-end') hooks.onWindowEnd?.();
      if (message.kind !== 'done' && message.kind !== 'failed') return;
      child.off('message', onMessage);
      signal?.removeEventListener('abort', cut);
      if (message.kind === 'done') resolve(message.outcome);
      else {
        const error = new Error(`trial ${spec.trial} could not be run: ${message.message}`);
        reject(Object.assign(error, message.stack === undefined ? {} : { stack: message.stack }));
      }
    };
    child.on('message', onMessage);
    signal?.addEventListener('abort', cut);
    say({ kind: 'run', order: { spec, requests }, isCut: signal?.aborted === true });
  });
}

/** @throws RangeError for a spec that no trial could be made of: the caller's mistake, found before anything starts. */
function checkSpec(spec: TrialSpec): void {
  const problems = [
    ...(spec.requests.length === 0 ? ['there are no requests'] : []),
    ...(spec.order.length === 0 ? ['the input order is empty'] : []),
    ...(spec.order.some((input) => input >= spec.requests.length)
      ? ['the input order names a request that is not there']
      : []),
    ...(spec.durationMs > 0 ? [] : [`durationMs is ${spec.durationMs}`]),
    ...(spec.timeoutMs > 0 ? [] : [`timeoutMs is ${spec.timeoutMs}`]),
    ...(spec.warmupMs >= 0 ? [] : [`warmupMs is ${spec.warmupMs}`]),
    ...(spec.load.kind === 'closed' && !(spec.load.concurrency >= 1)
      ? [`concurrency is ${spec.load.concurrency}`]
      : []),
  ];
  if (problems.length > 0) throw new RangeError(`trial ${spec.trial}: ${problems.join('; ')}`);
}
