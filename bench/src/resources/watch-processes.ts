import type { ProcessUsage } from '../record/index.js';
import { processTree, readProcess, type ProcessReading } from './proc-files.js';

export interface WatchedProcess {
  readonly contestant: string;
  readonly name: string;
  readonly pid: number;
}

export interface ProcessWatch {
  /** Ends the watch; what each process and its descendants used since its start. */
  stop(): ProcessUsage[];
}

const EVERY_MS = 250;

/** Watches processes from now on: CPU and switches as differences, memory as mean and maximum of readings. */
export function watchProcesses(processes: readonly WatchedProcess[]): ProcessWatch {
  const first = processes.map(({ pid }) => total(pid));
  const memory = processes.map((): number[] => []);
  const look = (): void => {
    processes.forEach(({ pid }, index) => memory[index]?.push(total(pid).rssBytes));
  };
  look();
  const timer = setInterval(look, EVERY_MS);
  timer.unref();
  return {
    stop: () => {
      clearInterval(timer);
      look();
      return processes.map((process, index) => usage(process, first[index] ?? NOTHING, total(process.pid), memory[index] ?? []));
    },
  };
}

const NOTHING: ProcessReading = { cpuSeconds: 0, rssBytes: 0, voluntarySwitches: 0, involuntarySwitches: 0, threads: 0 };

function total(pid: number): ProcessReading {
  return processTree(pid)
    .flatMap((each) => readProcess(each) ?? [])
    .reduce(
      (sum, each) => ({
        cpuSeconds: sum.cpuSeconds + each.cpuSeconds,
        rssBytes: sum.rssBytes + each.rssBytes,
        voluntarySwitches: sum.voluntarySwitches + each.voluntarySwitches,
        involuntarySwitches: sum.involuntarySwitches + each.involuntarySwitches,
        threads: sum.threads + each.threads,
      }),
      NOTHING,
    );
}

function usage(process: WatchedProcess, from: ProcessReading, to: ProcessReading, memory: readonly number[]): ProcessUsage {
  // A descendant that ended takes its counts with it: a difference below 0 means that, not negative work.
  const used = (name: 'cpuSeconds' | 'voluntarySwitches' | 'involuntarySwitches'): number => Math.max(0, to[name] - from[name]);
  return {
    contestant: process.contestant,
    name: process.name,
    pid: process.pid,
    cpuSeconds: used('cpuSeconds'),
    rssMaxBytes: Math.max(0, ...memory),
    rssMeanBytes: memory.length === 0 ? 0 : memory.reduce((sum, value) => sum + value, 0) / memory.length,
    voluntarySwitches: used('voluntarySwitches'),
    involuntarySwitches: used('involuntarySwitches'),
    threads: to.threads,
  };
}
