import type { ProcessUsage } from '../record/index.js';
import { processTree, readProcess, readSwitches } from './proc-files.js';

interface Counters {
  readonly cpuSeconds: number;
  readonly voluntary: number;
  readonly involuntary: number;
}
const ZERO: Counters = { cpuSeconds: 0, voluntary: 0, involuntary: 0 };

/**
 * Adds up what a process and its descendants use. Each keeps its own first and last reading, so that a worker that ends
 * keeps what it had used, and one that starts meanwhile counts from its start.
 */
export class UsageTally {
  readonly #pid: number;
  readonly #first = new Map<number, Counters>();
  readonly #last = new Map<number, Counters>();
  readonly #rssBytes: number[] = [];
  #threads = 0;

  constructor(pid: number) {
    this.#pid = pid;
    this.#read(true, (each, counters) => this.#first.set(each, counters));
  }

  /** A reading of CPU and memory. Context switches cost a file for each thread, so only first and last readings have them. */
  look(): void {
    this.#read(false, () => undefined);
  }

  /** Undefined when the process could never be read. */
  finish(): Omit<ProcessUsage, 'contestant' | 'name' | 'pid'> | undefined {
    this.#read(true, () => undefined);
    if (this.#last.size === 0) return undefined;
    const used = (name: keyof Counters): number => {
      let sum = 0;
      for (const [pid, last] of this.#last) sum += Math.max(0, last[name] - (this.#first.get(pid) ?? ZERO)[name]);
      return sum;
    };
    return {
      cpuSeconds: used('cpuSeconds'),
      rssMaxBytes: Math.max(0, ...this.#rssBytes),
      rssMeanBytes: this.#rssBytes.reduce((sum, bytes) => sum + bytes, 0) / Math.max(1, this.#rssBytes.length),
      voluntarySwitches: used('voluntary'),
      involuntarySwitches: used('involuntary'),
      threads: this.#threads,
    };
  }

  #read(withSwitches: boolean, onCounters: (pid: number, counters: Counters) => void): void {
    let [rssBytes, threads] = [0, 0];
    for (const pid of processTree(this.#pid)) {
      const reading = readProcess(pid);
      if (reading === undefined) continue;
      rssBytes += reading.rssBytes;
      threads += reading.threads;
      const before = this.#last.get(pid) ?? ZERO;
      const switches = withSwitches ? readSwitches(pid) : before;
      const counters = {
        cpuSeconds: reading.cpuSeconds,
        voluntary: switches.voluntary,
        involuntary: switches.involuntary,
      };
      this.#last.set(pid, counters);
      onCounters(pid, counters);
    }
    if (threads === 0) return;
    this.#rssBytes.push(rssBytes);
    this.#threads = Math.max(this.#threads, threads);
  }
}
