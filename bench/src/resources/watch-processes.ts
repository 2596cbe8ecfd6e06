import type { ProcessUsage } from '../record/index.js';
import { UsageTally } from './usage-tally.js';

/** Memory peaks shorter than this may be missed; a reading of ten processes takes about a millisecond. */
const EVERY_MS = 250;

/**
 * Watches the processes of a contestant, and their descendants, from now on: CPU and context switches as differences, memory and threads by readings. Start it when the
 * window begins and stop it when the window ends: the generator says when. Where there is no /proc nothing is known, and
 * the answer is empty rather than zero.
 */
export function watchProcesses(
  contestant: string,
  processes: readonly { readonly name: string; readonly pid: number }[],
) {
  const tallies = processes.map(({ pid }) => new UsageTally(pid));
  const timer = setInterval(() => {
    for (const tally of tallies) tally.look();
  }, EVERY_MS);
  timer.unref();
  return {
    /** Ends the watch: what each process and its descendants used since it began. */
    stop: (): ProcessUsage[] => {
      clearInterval(timer);
      return processes.flatMap(({ name, pid }, i) => {
        const usage = tallies[i]?.finish();
        return usage === undefined ? [] : [{ contestant, name, pid, ...usage }];
      });
    },
  };
}
