/** How the value of one flag is written, what it is when absent, and what `--help` says about it. */
export interface FlagDefinition<T> {
  readonly type: 'string' | 'bool' | 'int32' | 'int64' | 'float';
  readonly initial: T;
  readonly help: string;
}

export function string(help: string, initial = ''): FlagDefinition<string> {
  return { type: 'string', initial, help };
}

export function bool(help: string, initial = false): FlagDefinition<boolean> {
  return { type: 'bool', initial, help };
}

export function int32(help: string, initial: number): FlagDefinition<number> {
  return { type: 'int32', initial, help };
}

export function int64(help: string, initial: number): FlagDefinition<number> {
  return { type: 'int64', initial, help };
}

export function float(help: string, initial: number): FlagDefinition<number> {
  return { type: 'float', initial, help };
}

/** The value that `text` means for this kind of flag; undefined when it means none. */
export function parseFlagValue(
  type: FlagDefinition<unknown>['type'],
  text: string,
): string | boolean | number | undefined {
  switch (type) {
    case 'string':
      return text;
    case 'bool':
      return parseBool(text);
    case 'int32':
      return parseInteger(text, 2 ** 31);
    case 'int64':
      return parseInteger(text, 2 ** 53);
    case 'float':
      return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
  }
}

/** `true`, `false`, and as the real server also takes them, `1` and `0`. */
function parseBool(text: string): boolean | undefined {
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : undefined;
}

function parseInteger(text: string, limit: number): number | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const value = Number(text);
  return value >= -limit && value < limit ? value : undefined;
}
