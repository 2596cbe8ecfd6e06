import { spawn, type ChildProcess } from 'node:child_process';

export interface HelperOptions {
  /** Cores to keep to, as `taskset -c` takes them. Default: all. */
  readonly cpus?: string | undefined;
  readonly nodeFlags: readonly string[];
}

/**
 * Starts a script of ours in a process of its own, with a message channel; its standard error is piped. It is scheduled like
 * any other: in the real-time class it would take the CPU from the servers in the middle of their work, and they would answer
 * up to a fifth fewer requests than they do for other clients (docs/decisions/0011-load-generator.md).
 */
export function startHelperProcess(script: string, args: readonly string[], options: HelperOptions): ChildProcess {
  const pinned = options.cpus === undefined ? [] : ['taskset', '-c', options.cpus];
  const [command = process.execPath, ...rest] = [...pinned, process.execPath, ...options.nodeFlags, script, ...args];
  return spawn(command, rest, { stdio: ['ignore', 'inherit', 'pipe', 'ipc'], serialization: 'advanced' });
}
