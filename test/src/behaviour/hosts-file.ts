import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A hosts file of a process's own: the system's resolver reads it there instead of /etc/hosts. */
export class HostsFile implements Disposable {
  readonly path: string;

  constructor(folder: string) {
    this.path = join(folder, `hosts-${process.hrtime.bigint()}`);
    writeFileSync(this.path, '');
  }

  /** From now on. */
  write(addresses: Readonly<Record<string, readonly string[]>>): void {
    const lines = Object.entries(addresses).flatMap(([name, ips]) => ips.map((ip) => `${ip} ${name}\n`));
    writeFileSync(this.path, lines.join('')); // in place: it is the file itself that is mounted
  }

  [Symbol.dispose](): void {
    rmSync(this.path);
  }
}

/** Gives a command mounts of its own. */
const OWN_MOUNTS = ['--map-root-user', '--mount'];

/** The command that runs another with this hosts file, in the same process. */
export function withHostsFile({ path }: HostsFile, command: readonly string[]): readonly string[] {
  return ['unshare', ...OWN_MOUNTS, 'sh', '-c', 'mount --bind "$0" /etc/hosts && exec "$@"', path, ...command];
}

/** Why no process can have one here; false when it can. */
export function whyNoHostsFile(): string | false {
  return spawnSync('unshare', [...OWN_MOUNTS, 'true']).status === 0
    ? false
    : 'a process cannot have mounts of its own here (unshare)';
}
