/**
 * Where two plain values first differ, or undefined. Numbers may differ by `tolerance * max(1, |expected|)`; NaN equals
 * NaN; the order of an object's members does not count, that of a list does.
 */
export function firstDifference(expected: unknown, actual: unknown, tolerance = 0, path = ''): string | undefined {
  if (isNumber(expected) && isNumber(actual))
    return sameNumber(expected, actual, tolerance) ? undefined : differs(path, expected, actual);
  if (Array.isArray(expected) && Array.isArray(actual)) {
    if (expected.length !== actual.length) return differs(`${path}.length`, expected.length, actual.length);
    for (let index = 0; index < expected.length; index += 1) {
      const found = firstDifference(expected[index], actual[index], tolerance, `${path}[${index}]`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (isObject(expected) && isObject(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      const found = firstDifference(expected[key], actual[key], tolerance, `${path}.${key}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return Object.is(expected, actual) ? undefined : differs(path, expected, actual);
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sameNumber(expected: number | bigint, actual: number | bigint, tolerance: number): boolean {
  if (typeof expected === 'bigint' || typeof actual === 'bigint') {
    if (tolerance === 0) return typeof expected === typeof actual && expected === actual;
    return sameNumber(Number(expected), Number(actual), tolerance);
  }
  if (Object.is(expected, actual)) return true;
  return tolerance > 0 && Math.abs(expected - actual) <= tolerance * Math.max(1, Math.abs(expected));
}

function differs(path: string, expected: unknown, actual: unknown): string {
  const [wanted, got] = [shown(expected), shown(actual)];
  // 1 and 1.0, 0 and -0
  const hint = wanted === got ? ` (${kind(expected)}, ${kind(actual)})` : '';
  return `${path === '' ? 'value' : path}: expected ${wanted}, got ${got}${hint}`;
}

function kind(value: unknown): string {
  if (typeof value === 'bigint') return 'an integer';
  return Object.is(value, -0) ? 'negative' : `a ${typeof value}`;
}

function shown(value: unknown): string {
  const text = typeof value === 'bigint' ? `${value}` : value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
