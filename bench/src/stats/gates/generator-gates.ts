import type { Gate, Loop, TrialRecord } from '../../record/index.js';
import { ms, percent } from './wording.js';

/** A generator that uses more of one core than this may be what limits the figures. */
const CPU_LIMIT = 0.9;

/**
 * Had the generator time to spare (method rules 5 and 11)? Its lag is shown: what it may have changed is asked where a claim
 * is judged.
 */
export function generatorLagGate({ generator }: TrialRecord, loop: Loop): Gate {
  const { lagP99Ms, cpuShare } = generator;
  if (cpuShare > CPU_LIMIT) {
    return {
      name: 'generator-lag',
      passed: false,
      detail: `the generator used ${percent(cpuShare)} of a core: it, not the server, may have set these figures`,
      remedy: 'offer less load, or run on a machine with a core to spare for the generator',
    };
  }
  const lag = loop.kind === 'closed' ? 'a closed loop has no schedule to lag behind' : `lag p99 ${ms(lagP99Ms)}`;
  return { name: 'generator-lag', passed: true, detail: `${lag}; the generator used ${percent(cpuShare)} of a core` };
}

/** Did the generator itself fail to send anything (method rule 5)? */
export function generatorDropsGate(record: TrialRecord): Gate {
  const { dropped } = record.generator;
  return dropped === 0
    ? { name: 'generator-drops', passed: true, detail: 'every request of the schedule was sent' }
    : {
        name: 'generator-drops',
        passed: false,
        detail: `${dropped} requests of the schedule were never sent: too many were outstanding`,
        remedy: 'offer a lower rate, or allow more outstanding requests',
      };
}

/** Did the trial run to its end, and are all of its samples there? */
export function cutGate(record: TrialRecord, samplesThere: number): Gate {
  if (samplesThere < record.samples) {
    return {
      name: 'cut',
      passed: false,
      detail: `${samplesThere} of ${record.samples} samples are in the file: it was cut`,
      remedy: 'restore the file, or run the trial again',
    };
  }
  return record.cut
    ? {
        name: 'cut',
        passed: false,
        detail: `the trial was cut after ${(record.durationMs / 1e3).toFixed(1)} s`,
        remedy: 'run it again to its end',
      }
    : { name: 'cut', passed: true, detail: 'the trial ran to its end' };
}
