import type { Gate, Loop, TrialRecord } from '../../record/index.js';
import { gate, ms, percent } from './wording.js';

/** A generator that uses more of one core than this may be what limits the figures. */
const CPU_LIMIT = 0.9;

/**
 * Had the generator time to spare (method rules 5 and 11)? Its lag is shown: what it may have changed is asked where a claim
 * is judged.
 */
export function generatorLagGate({ generator }: TrialRecord, loop: Loop): Gate {
  const { lagP99Ms, cpuShare } = generator;
  const share = percent(cpuShare);
  const lag = loop.kind === 'closed' ? 'a closed loop has no schedule to lag behind' : `lag p99 ${ms(lagP99Ms)}`;
  const detail =
    cpuShare > CPU_LIMIT
      ? `the generator used ${share} of a core: it, not the server, may have set these figures`
      : `${lag}; the generator used ${share} of a core`;
  const remedy = 'offer less load, or run on a machine with a core to spare for the generator';
  return gate('generator-lag', cpuShare <= CPU_LIMIT, detail, remedy);
}

/** Did the generator itself fail to send anything (method rule 5)? */
export function generatorDropsGate(record: TrialRecord): Gate {
  const { dropped } = record.generator;
  const detail =
    dropped === 0
      ? 'every request of the schedule was sent'
      : `${dropped} requests of the schedule were never sent: too many were outstanding`;
  return gate('generator-drops', dropped === 0, detail, 'offer a lower rate, or allow more outstanding requests');
}

/** Did the trial run to its end, and are all of its samples there? */
export function cutGate(record: TrialRecord, samplesThere: number): Gate {
  if (samplesThere < record.samples) {
    const detail = `${samplesThere} of ${record.samples} samples can be read from its file: it was cut, is gone, or is another trial's`;
    return gate('cut', false, detail, 'restore the file, or run the trial again');
  }
  const ended = `the trial was cut after ${(record.durationMs / 1e3).toFixed(1)} s`;
  return gate('cut', !record.cut, record.cut ? ended : 'the trial ran to its end', 'run it again to its end');
}
