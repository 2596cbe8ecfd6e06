import { accessSync, constants, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere } from '../resources/index.js';

/** A way to hold a process and its descendants to so much memory. */
interface Hierarchy {
  readonly folder: string;
  readonly limitFile: string;
}

const ROOT = '/sys/fs/cgroup';
/** Version 2 of control groups has one tree, version 1 one for memory. */
const VERSION_2: Hierarchy = { folder: ROOT, limitFile: 'memory.max' };
const VERSION_1: Hierarchy = { folder: join(ROOT, 'memory'), limitFile: 'memory.limit_in_bytes' };

/** Why no memory limit can be set here; undefined when it can. */
export function whyNoMemoryLimit(): string | undefined {
  return hierarchy() === undefined
    ? 'a memory limit takes control groups that this user may create: run as root, or limit a container instead'
    : undefined;
}

let groups = 0;

/** A control group with a limit. @throws where `whyNoMemoryLimit` has a reason. */
export function createMemoryGroup(name: string, megabytes: number) {
  const found = hierarchy();
  if (found === undefined) throw new Error(whyNoMemoryLimit());
  groups += 1;
  const group = join(found.folder, `serving-study-${process.pid}-${groups}-${name}`);
  mkdirSync(group);
  writeFileSync(join(group, found.limitFile), String(megabytes * 1024 * 1024));
  return {
    /** Starts a command in it: the shell moves itself into the group and then becomes the command. */
    prefix: ['/bin/sh', '-c', 'echo $$ > "$0" && exec "$@"', join(group, 'cgroup.procs')],
    /** Once its command has ended. Descendants that linger keep the group: it then stays, empty soon after. */
    remove: () => {
      try {
        rmdirSync(group);
      } catch (error) {
        if (!isBusy(error)) throw error;
      }
    },
  };
}

function hierarchy(): Hierarchy | undefined {
  if (isWritable(VERSION_1.folder)) return VERSION_1;
  const controllers = readIfThere(join(ROOT, 'cgroup.subtree_control')) ?? '';
  return controllers.split(/\s+/).includes('memory') && isWritable(ROOT) ? VERSION_2 : undefined;
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EBUSY';
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
