import { fileURLToPath } from 'node:url';
import { launchScript, type Limits } from '../process/index.js';
import type { Generator } from './generator.js';
import { loadSystemCalls } from './net/index.js';
import { trialRunner, type GeneratorPort } from './trial-runner.js';

const ENTRY = fileURLToPath(new URL('./generator-process.js', import.meta.url));
/** Young generation of 64 MB from the start: garbage dies young, and collections come rarely enough to stay out of p99. */
const NODE_FLAGS = ['--expose-gc', '--min-semi-space-size=64', '--max-semi-space-size=64'];

/** A generator in a process of this machine. */
export interface LocalGenerator extends Generator {
  readonly pid: number;
  /** Its process itself, for whoever runs no trials but passes messages on. */
  readonly port: GeneratorPort;
}

/**
 * Starts a generator, on all CPUs where `options` names none (method rule 19). Keep it for many trials: its code is then compiled and warm.
 * @throws Error, with what to do, where none can run.
 */
export async function startGenerator(options: Pick<Limits, 'cpus'> = {}): Promise<LocalGenerator> {
  await loadSystemCalls();
  const generator = launchScript('the load generator', ENTRY, { nodeFlags: NODE_FLAGS, ...options });
  await generator.message();
  const { child } = generator;
  let tellOfSilence: (error: Error) => void = () => undefined;
  const silence = new Promise<never>((_, reject) => {
    tellOfSilence = reject;
  });
  silence.catch(() => undefined); // told to whoever waits for something
  const port: GeneratorPort = {
    say: (message) => {
      generator.say(message);
    },
    listen: (listener) => {
      child.on('message', listener);
      return () => child.off('message', listener);
    },
    unlessItEnds: (wanted) => generator.unlessItEnds(Promise.race([wanted, silence])),
    giveUp: (silentMs) => {
      tellOfSilence(new Error(`the load generator said nothing more for ${silentMs / 1e3} s`));
    },
  };
  return { pid: generator.pid, port, ...trialRunner(port), [Symbol.asyncDispose]: () => generator.stop() };
}
