import type { Generator, TrialHooks } from './generator.js';
import type { FromGenerator, NamedRequests, ToGenerator } from './generator-messages.js';
import { requestNames } from './request-names.js';
import type { TrialOutcome } from './trial-outcome.js';
import type { TrialSpec } from './trial-spec.js';

/** Beyond what a trial takes: for its requests and samples on their way. */
const SLACK_MS = 60_000;
/** A trial that was cut ends at once. */
const CUT_LIMIT_MS = 10_000;

/** How a generator's process is spoken with, wherever it runs. */
export interface GeneratorPort {
  say(message: ToGenerator): void;
  /** Returns how to stop listening. */
  listen(listener: (message: FromGenerator) => void): () => void;
  /** Rejects when the generator ends before `wanted` is there. */
  unlessItEnds<T>(wanted: Promise<T>): Promise<T>;
  /** It said nothing more for so long: whoever waits for it is told so. */
  giveUp(silentMs: number): void;
}

/** Trials over a port, one at a time. */
export function trialRunner(port: GeneratorPort): Pick<Generator, 'runTrial' | 'closeConnections'> {
  const nameOf = requestNames();
  let busy = false;
  return {
    runTrial: async (spec, hooks = {}) => {
      if (busy) throw new Error('this generator is already running a trial');
      checkSpec(spec);
      busy = true;
      try {
        const { warmupMs, durationMs, timeoutMs } = spec;
        const limitMs = warmupMs + durationMs + 2 * timeoutMs + SLACK_MS;
        return await within(limitMs, port, exchangeMessages(port, spec, nameOf(spec.requests), hooks), hooks.signal);
      } finally {
        busy = false;
      }
    },
    closeConnections: () => {
      port.say({ kind: 'close-connections' });
    },
  };
}

/** What comes within the limit; after the signal within a shorter one. */
export async function within<T>(
  limitMs: number,
  port: Pick<GeneratorPort, 'unlessItEnds' | 'giveUp'>,
  wanted: Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const giveUpAfter = (ms: number): NodeJS.Timeout =>
    setTimeout(() => {
      port.giveUp(ms);
    }, ms);
  let late = giveUpAfter(limitMs);
  const hurry = (): void => {
    clearTimeout(late);
    late = giveUpAfter(CUT_LIMIT_MS);
  };
  signal?.addEventListener('abort', hurry);
  try {
    return await port.unlessItEnds(wanted);
  } finally {
    clearTimeout(late);
    signal?.removeEventListener('abort', hurry);
  }
}

function exchangeMessages(
  port: GeneratorPort,
  { requests: _, ...spec }: TrialSpec,
  requests: NamedRequests,
  hooks: TrialHooks,
): Promise<TrialOutcome> {
  const { signal, waitForOthers } = hooks;
  return new Promise((resolve, reject) => {
    const cut = (): void => {
      port.say({ kind: 'cut' });
    };
    const onMessage = (message: FromGenerator): void => {
      if (message.kind === 'warm')
        void waitForOthers?.().then(() => {
          port.say({ kind: 'start' });
        });
      if (message.kind === 'window-start') hooks.onWindowStart?.(message);
      if (message.kind === 'window-end') hooks.onWindowEnd?.();
      if (message.kind !== 'done' && message.kind !== 'failed') return;
      stop();
      signal?.removeEventListener('abort', cut);
      if (message.kind === 'done') resolve(message.outcome);
      else {
        const error = new Error(`trial ${spec.trial} could not be run: ${message.message}`);
        reject(Object.assign(error, message.stack === undefined ? {} : { stack: message.stack }));
      }
    };
    const stop = port.listen(onMessage);
    signal?.addEventListener('abort', cut);
    const waits = waitForOthers !== undefined;
    port.say({ kind: 'run', order: { spec, requests }, isCut: signal?.aborted === true, waits });
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
