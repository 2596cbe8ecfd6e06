import { flagDefinitions } from './flags.js';

/** What `--help` prints: every flag with its type, default and meaning. */
export function usage(cpus: number): string {
  const rows = Object.entries(flagDefinitions(cpus)).map(([name, { type, initial, help }]) => {
    const left = `--${name}=${JSON.stringify(initial)}`;
    return `\t${left.padEnd(56)}\t${type}\t${help}`;
  });
  return `usage: tfserving-standin\nFlags:\n${rows.join('\n')}\n`;
}
