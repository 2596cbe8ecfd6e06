import { spawn, spawnSync, type ChildProcess } from 'node:child_process';

/**
 * How the kernel treats a process of the generator. `real-time`: it runs the moment it wakes (SCHED_RR, lowest priority), as
 * if on a machine of its own. `normal`: it waits until a server's thread has used up its time slice, up to several ms.
 */
export type Scheduling = 'real-time' | 'normal';

export interface PromptProcess {
  readonly child: ChildProcess;
  readonly scheduling: Scheduling;
}

export interface PromptOptions {
  /** Cores to keep to, as `taskset -c` takes them. */
  readonly cpus?: string | undefined;
  readonly nodeFlags: readonly string[];
}

const REAL_TIME = ['chrt', '--rr', '1'] as const;
let allowed: boolean | undefined;

/**
 * Starts a script of ours with a message channel, so that it keeps its instants while servers use all cores: in the
 * real-time class where that is allowed (root, CAP_SYS_NICE or an rtprio limit, and util-linux there), which is tried once.
 * Standard error is piped.
 */
export function startPromptProcess(script: string, args: readonly string[], options: PromptOptions): PromptProcess {
  allowed ??= spawnSync(REAL_TIME[0], [...REAL_TIME.slice(1), 'true'], { stdio: 'ignore' }).status === 0;
  const pinned = options.cpus === undefined ? [] : ['taskset', '-c', options.cpus];
  const prefix = [...(allowed ? REAL_TIME : []), ...pinned];
  const [command = process.execPath, ...rest] = [...prefix, process.execPath, ...options.nodeFlags, script, ...args];
  const child = spawn(command, rest, { stdio: ['ignore', 'inherit', 'pipe', 'ipc'], serialization: 'advanced' });
  return { child, scheduling: allowed ? 'real-time' : 'normal' };
}
