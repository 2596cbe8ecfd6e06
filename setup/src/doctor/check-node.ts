import type { Check } from './check.js';

/** Releases with long-term support that the whole project is tested on. */
const SUPPORTED = [20, 22, 24];

export function checkNode(version: string): Check {
  const major = Number(/^v(\d+)\./.exec(version)?.[1]);
  const supported = SUPPORTED.includes(major);
  return {
    id: 'node',
    title: 'Node.js',
    state: supported ? 'ok' : major < Math.min(...SUPPORTED) ? 'missing' : 'limited',
    required: true,
    found: version,
    ...(supported ? {} : { advice: `use Node ${SUPPORTED.join(', ')}; other releases are not tested` }),
    details: { version, platform: process.platform, arch: process.arch, napi: process.versions['napi'] },
  };
}
