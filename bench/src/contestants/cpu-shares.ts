import { readIfThere } from '../resources/index.js';

/** With fewer CPUs, servers would miss the generator's core more than they gain by having it out of their way. */
const ENOUGH = 4;
/** One CPU in so many is the generator's. */
const SHARE = 4;

/** CPUs by their numbers, the servers' and the load generator's. */
export interface CpuShares {
  readonly servers: readonly number[];
  readonly generator: readonly number[];
}

/**
 * Splits the CPUs this process may use between servers and load generator (method rule 19); undefined where there are too few
 * and nobody is pinned.
 */
export function cpuShares(allowed: readonly number[] = allowedCpus()): CpuShares | undefined {
  if (allowed.length < ENOUGH) return undefined;
  const servers = allowed.length - Math.floor(allowed.length / SHARE);
  return { servers: allowed.slice(0, servers), generator: allowed.slice(servers) };
}

/** Where a load generator is to run; anywhere when nobody is pinned. */
export function generatorPinning(): { readonly cpus?: string } {
  const shares = cpuShares();
  return shares === undefined ? {} : { cpus: cpuList(shares.generator) };
}

/** As `taskset -c` takes them: `0`, `0-2`, `0,2,4`. */
export function cpuList(cpus: readonly number[]): string {
  const [first, last] = [cpus[0], cpus.at(-1)];
  if (first === undefined || last === undefined) return '';
  const inARow = cpus.every((cpu, at) => cpu === first + at);
  return cpus.length > 1 && inARow ? `${first}-${last}` : cpus.join(',');
}

/** The reverse: the numbers in a list such as `0-2,5`. */
export function parseCpuList(text: string): number[] {
  return text.split(',').flatMap((part) => {
    if (part === '') return [];
    const [from = Number.NaN, to = from] = part.split('-').map(Number);
    return from <= to ? Array.from({ length: to - from + 1 }, (_, at) => from + at) : [];
  });
}

/**
 * The CPUs this process may use; none where the system does not tell. Under a quota as many as it pays for: the first of them
 * stand for time on any.
 */
export function allowedCpus(): number[] {
  const [, list = ''] = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readIfThere('/proc/self/status') ?? '') ?? [];
  return parseCpuList(list).slice(0, cpusPaidFor(readIfThere('/sys/fs/cgroup/cpu.max') ?? ''));
}

/** `200000 100000` -> 2: what a control group's quota comes to, at least one; Infinity for `max` or none. */
export function cpusPaidFor(cpuMax: string): number {
  const [, quota, period] = /^(\d+) (\d+)/.exec(cpuMax) ?? [];
  return quota === undefined ? Infinity : Math.max(1, Math.floor(Number(quota) / Number(period)));
}
