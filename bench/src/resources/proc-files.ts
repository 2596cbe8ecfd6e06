import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks per second of /proc/<pid>/stat: 100 on every Linux that Node runs on (sysconf(_SC_CLK_TCK)). */
const TICKS_PER_S = 100;

/** What one process has used since it began, and uses now (proc(5)). */
export interface ProcessReading {
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  readonly threads: number;
}

/** One process now; undefined when it is gone, or where there is no /proc (only Linux has one). */
export function readProcess(pid: number): ProcessReading | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`);
  const status = readIfThere(`/proc/${pid}/status`);
  if (stat === undefined || status === undefined) return undefined;
  // The name in parentheses may hold spaces: fields count from behind it, utime being the 14th of all.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S,
    rssBytes: numberAfter('VmRSS', status) * 1024,
    threads: numberAfter('Threads', status),
  };
}

/** Context switches of all threads of a process since each began: the process's own file tells of its first thread only. */
export function readSwitches(pid: number): { readonly voluntary: number; readonly involuntary: number } {
  let [voluntary, involuntary] = [0, 0];
  for (const task of tasks(pid)) {
    const status = readIfThere(`/proc/${pid}/task/${task}/status`) ?? '';
    voluntary += numberAfter('voluntary_ctxt_switches', status);
    involuntary += numberAfter('nonvoluntary_ctxt_switches', status);
  }
  return { voluntary, involuntary };
}

/** The process and all its descendants, e.g. gunicorn and its workers. */
export function processTree(pid: number): number[] {
  const children = tasks(pid).flatMap((task) =>
    (readIfThere(`/proc/${pid}/task/${task}/children`) ?? '')
      .split(' ')
      .filter((text) => text.trim() !== '')
      .map(Number),
  );
  return [pid, ...children.flatMap(processTree)];
}

/** Whether a process runs; one that has ended and is not collected yet does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  const stat = readIfThere(`/proc/${pid}/stat`);
  return stat === undefined ? process.platform !== 'linux' : !'ZX'.includes(stat.charAt(stat.lastIndexOf(')') + 2));
}

/** When a process began, in ticks: tells it from a later one that has its number by now. */
export function startOf(pid: number): string | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`);
  // As above: the 22nd of all.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

/** The variables a process was started with; none where they cannot be read: it is somebody else's, or there is no /proc. */
export function environmentOf(pid: number): ReadonlyMap<string, string> {
  const pairs = (readIfThere(`/proc/${pid}/environ`) ?? '').split('\0').filter((text) => text.includes('='));
  return new Map(pairs.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]));
}

function tasks(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    // The process has ended.
    return [];
  }
}

function numberAfter(name: string, status: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
}

/** A file of /proc or /sys: a process may end before it is read, and not every platform has each. */
export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
