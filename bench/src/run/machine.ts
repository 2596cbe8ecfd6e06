import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { arch, availableParallelism, cpus, freemem, release, totalmem, type } from 'node:os';
import { promisify } from 'node:util';
import { generatorPinning } from '../contestants/index.js';
import { readIfThere } from '../resources/index.js';

const run = promisify(execFile);
const GIB = 2 ** 30;
/** Instruction sets that decide how fast TensorFlow's kernels are. */
const INSTRUCTION_SETS = ['sse4_2', 'avx', 'avx2', 'fma', 'avx512f', 'avx512_vnni', 'avx_vnni', 'amx_tile', 'asimd'];

/** What the run happened on (method rule 22), in words. */
export function describeMachine(): Record<string, string> {
  return {
    'operating system': `${type()} ${release()} ${arch()}`,
    processor: cpus()[0]?.model ?? 'unknown',
    'schedulable CPUs': String(availableParallelism()),
    'CPUs of the load generator': generatorPinning().cpus ?? 'all, like the servers',
    'instruction sets': instructionSets().join(' ') || 'unknown',
    memory: `${(totalmem() / GIB).toFixed(1)} GiB, ${(freemem() / GIB).toFixed(1)} GiB free at the start`,
    'frequency governor': readIfThere('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor')?.trim() ?? 'unknown',
    container: isContainer() ? 'yes' : 'no',
  };
}

/** Engines leave a file of their own; under cgroup v2 the control group's name tells nothing. */
function isContainer(): boolean {
  return (
    ['/.dockerenv', '/run/.containerenv'].some((file) => existsSync(file)) ||
    /docker|containerd|kubepods/.test(readIfThere('/proc/1/cgroup') ?? '')
  );
}

/** Versions of what takes part, as each says itself. `checkout`: a folder of this project. */
export async function describeVersions(
  checkout: string | URL = new URL('.', import.meta.url),
): Promise<Record<string, string>> {
  const git = async (...args: readonly string[]): Promise<string> =>
    (await run('git', args, { cwd: checkout, maxBuffer: Infinity })).stdout.trim();
  const nameOf = async (commit: string): Promise<string> =>
    commit.endsWith('-dirty') ? `${commit}-${shortDigest(await git('diff', 'HEAD'))}` : commit;
  const study = await git('describe', '--always', '--dirty').then(nameOf, () => 'not a git checkout');
  return { study, node: process.version, v8: process.versions.v8, uv: process.versions.uv };
}

/** Tells two changes of one commit apart. */
function shortDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 7);
}

/** The instruction sets of this processor that matter to TensorFlow. */
export function instructionSets(): string[] {
  const flags =
    /^(?:flags|Features)\s*:(.*)$/m
      .exec(readIfThere('/proc/cpuinfo') ?? '')?.[1]
      ?.trim()
      .split(/\s+/) ?? [];
  return INSTRUCTION_SETS.filter((name) => flags.includes(name));
}
