import { basename } from 'node:path';
import type { Release } from './tensorflow-release.js';

/** Machine names in wheel tags by Node's names. */
const MACHINES: Partial<Record<NodeJS.Architecture, string>> = { x64: 'x86_64', arm64: 'aarch64' };

/**
 * What a wheel's file name says (`tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl`).
 * Throws when it is no wheel for Linux on this kind of processor.
 */
export function releaseFromWheelName(path: string, arch: NodeJS.Architecture): Release {
  const name = basename(path);
  const [distribution, version, ...tags] = name.replace(/\.whl$/, '').split('-');
  if (!name.endsWith('.whl') || distribution === undefined || version === undefined || tags.length < 3)
    throw new Error(`${name} is not the name of a wheel; keep the name it has on the package index`);
  if (!fitsThisMachine(name, arch)) throw new Error(`${name} is not for Linux on ${MACHINES[arch] ?? arch}`);
  return { distribution: distribution.toLowerCase().replaceAll('_', '-'), version };
}

/** Whether a wheel's platform tag is Linux with glibc on this kind of processor. */
export function fitsThisMachine(name: string, arch: NodeJS.Architecture): boolean {
  const machine = MACHINES[arch];
  return machine !== undefined && new RegExp(`-(?:many)?linux[^-]*_${machine}\\.whl$`).test(name);
}
