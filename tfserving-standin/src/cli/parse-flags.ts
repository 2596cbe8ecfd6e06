import { parseFlagValue, type FlagDefinition } from './flag-kinds.js';
import { flagDefinitions, type Flags } from './flags.js';

export type ParsedFlags =
  | { readonly ok: true; readonly flags: Flags }
  /** One line per mistake; all mistakes at once. */
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Reads `--name=value` arguments as TensorFlow Serving does: no blank instead of `=`, `--name` alone for a boolean, the last
 * one wins. Unlike the real server, an argument that is not a flag is a mistake: a misspelt flag must not start a server
 * that does something else.
 */
export function parseFlags(args: readonly string[], cpus: number): ParsedFlags {
  const definitions = new Map<string, FlagDefinition<unknown>>(Object.entries(flagDefinitions(cpus)));
  const values = new Map<string, unknown>([...definitions].map(([name, { initial }]) => [name, initial]));
  const problems: string[] = [];
  for (const argument of args) {
    const [, name = '', text] = /^--([^=]*)(?:=([^]*))?$/.exec(argument) ?? [];
    const definition = definitions.get(name);
    const value = definition === undefined ? undefined : valueOf(definition, text);
    if (definition === undefined || (text === undefined && definition.type !== 'bool'))
      problems.push(`unknown argument: ${argument}`);
    else if (value === undefined) problems.push(`Couldn't interpret value ${text ?? ''} for flag ${name}.`);
    else values.set(name, value);
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, flags: Object.fromEntries(values) as Flags };
}

function valueOf(definition: FlagDefinition<unknown>, text: string | undefined): unknown {
  return text === undefined && definition.type === 'bool' ? true : parseFlagValue(definition.type, text ?? '');
}
