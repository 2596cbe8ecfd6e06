import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks per second of /proc/<pid>/stat: 100 on every Linux that Node runs on (sysconf(_SC_CLK_TCK)). */
const TICKS_PER_S = 100;

export interface ProcessReading {
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  readonly voluntarySwitches: number;
  readonly involuntarySwitches: number;
  readonly threads: number;
}

/** One process now (proc(5)); undefined when it is gone or the platform has no /proc. */
export function readProcess(pid: number): ProcessReading | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces: fields count from behind it, utime being the 14th of all.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const number = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
    return {
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S,
      rssBytes: number('VmRSS') * 1024,
      threads: number('Threads'),
      ...switches(pid),
    };
  } catch {
    // A process may end between two readings: it then has no more to tell.
    return undefined;
  }
}

/** The process and all its descendants, e.g. gunicorn and its workers. */
export function processTree(pid: number): number[] {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8')
        .split(' ')
        .filter((text) => text !== '')
        .map(Number),
    );
    return [pid, ...children.flatMap(processTree)];
  } catch {
    return [pid];
  }
}

/** Summed over threads: the file of the process itself tells of its first thread only. */
function switches(pid: number): { voluntarySwitches: number; involuntarySwitches: number } {
  let [voluntarySwitches, involuntarySwitches] = [0, 0];
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const status = readFileSync(`/proc/${pid}/task/${task}/status`, 'utf8');
    voluntarySwitches += Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    involuntarySwitches += Number(/^nonvoluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1] ?? 0);
  }
  return { voluntarySwitches, involuntarySwitches };
}
