import type { GeneratorHealth } from '../../record/index.js';
import { clock } from '../net/index.js';

export type HealthMonitor = ReturnType<typeof createHealthMonitor>;

/** Watches the generator itself during the window (method rule 5). */
export function createHealthMonitor() {
  let lags = new Float64Array(1 << 14);
  let count = 0;
  let dropped = 0;
  let startedAtNs = 0;
  let cpuShare = 0;
  let cpuAtStart = process.cpuUsage();

  return {
    /** How late the generator turned to a request: its own doing, unlike the wait for a free connection. */
    noteLag(lagNs: number) {
      if (count === lags.length) {
        const more = new Float64Array(2 * count);
        more.set(lags);
        lags = more;
      }
      lags[count++] = lagNs;
    },
    noteDropped() {
      dropped++;
    },
    start() {
      startedAtNs = clock();
      cpuAtStart = process.cpuUsage();
    },
    stop() {
      const cpu = process.cpuUsage(cpuAtStart);
      const seconds = Math.max(1e-9, (clock() - startedAtNs) / 1e9);
      cpuShare = (cpu.user + cpu.system) / 1e6 / seconds;
    },
    /** After `stop`, and after the last lag is noted: requests of the window may end later than it does. */
    report(): GeneratorHealth {
      const sorted = lags.subarray(0, count).sort();
      const rank = (p: number): number => (sorted[Math.max(0, Math.ceil(p * count) - 1)] ?? 0) / 1e6;
      return { lagP50Ms: rank(0.5), lagP99Ms: rank(0.99), lagMaxMs: rank(1), cpuShare, dropped };
    },
  };
}
