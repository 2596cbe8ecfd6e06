import { z } from 'zod';

/** Environment variables that belong to us; a name under this prefix that nothing reads is a spelling mistake. */
const PREFIX = 'STUDY_';
const SECRET = /SECRET|TOKEN|PASSWORD|CREDENTIAL/;

/** Says everything that is wrong with the environment at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the configuration is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/**
 * Reads the variables of `shape` out of an environment. Pure; the result is frozen. An empty variable counts as absent, as
 * Compose files pass it. Throws ConfigError with all problems, among them unknown names under `STUDY_`.
 */
export function loadConfig<Shape extends z.ZodRawShape>(
  shape: Shape,
  env: Readonly<Record<string, string | undefined>>,
): Readonly<z.output<z.ZodObject<Shape>>> {
  const given = Object.entries(env).filter(
    ([name, value]) => name.startsWith(PREFIX) && value !== undefined && value !== '',
  );
  const unknown = given.map(([name]) => name).filter((name) => !(name in shape));
  const known = Object.keys(shape).join(', ');
  const problems = unknown.map((name) => `${name} is not a setting of this service; it knows ${known}`);
  const parsed = z.object(shape).safeParse(Object.fromEntries(given));
  if (parsed.success && problems.length === 0) return Object.freeze(parsed.data);
  for (const { path, message } of parsed.error?.issues ?? []) {
    const name = String(path[0]);
    problems.push(`${name}: ${message} (got ${String(env[name] === undefined ? 'nothing' : masked(name, env[name]))})`);
  }
  throw new ConfigError(problems);
}

/** The configuration as it may be logged. */
export function maskSecrets(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [name, masked(name, value)]));
}

function masked(name: string, value: unknown): unknown {
  if (SECRET.test(name)) return '***';
  return typeof value === 'string' ? value.replace(/\/\/[^/,]*@/g, '//***@') : value;
}
