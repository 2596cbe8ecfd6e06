import type { Gate } from '../../record/index.js';
import { samplesNeeded } from '../percentiles/certainty.js';

const NEEDED_FOR_P50 = samplesNeeded(0.5);
const NEEDED_FOR_P99 = samplesNeeded(0.99);

/** Are there samples enough to say anything (the median), and enough for p99 (method rule 9)? Only the first is a condition. */
export function samplesGate(n: number, measuredMs: number): Gate {
  if (n >= NEEDED_FOR_P99) return { name: 'samples', passed: true, detail: `${n} samples were taken` };
  const [percentile, needed] = n < NEEDED_FOR_P50 ? ['p50', NEEDED_FOR_P50] : ['p99', NEEDED_FOR_P99];
  return {
    name: 'samples',
    passed: n >= NEEDED_FOR_P50,
    detail: `${needed} samples are needed for ${percentile}, ${n} were taken`,
    remedy:
      n === 0 || measuredMs <= 0
        ? 'find out why nothing was measured'
        : `run ${Math.ceil((((needed - n) / n) * measuredMs) / 1e3)} s longer`,
  };
}
