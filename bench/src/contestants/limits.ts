import { cpuList, cpuShares } from './cpu-shares.js';
import type { Launch } from './instance.js';
import type { Limits } from '../process/index.js';

/** The limits of a launch: its own CPUs, else those that the load generator leaves (method rule 19); and its memory. */
export function limits({ factors }: Launch): Limits {
  const shares = cpuShares();
  const { cpus = shares && cpuList(shares.servers), memoryMb } = factors;
  return {
    ...(typeof cpus === 'string' ? { cpus } : {}),
    ...(typeof memoryMb === 'number' ? { memoryMb } : {}),
  };
}
