const MS_PER_UNIT: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1 };
const UNITS_PER_MS: Readonly<Record<string, number>> = { u: 1000, n: 1_000_000 };
/** gRPC's timeout_encoding.cc takes a larger count for no deadline at all; the protocol allows eight digits. */
const LARGEST_COUNT = 1e9;

/**
 * `100m` -> 100: the value of a grpc-timeout header in whole milliseconds, rounded up; undefined when it is not
 * understood. Spaces are allowed where gRPC allows them.
 */
export function timeoutHeaderMs(value: string): number | undefined {
  const [, digits, unit = ''] = /^ *(\d+) *([HMSmun]) *$/.exec(value) ?? [];
  if (digits === undefined) return undefined;
  const count = Number(digits);
  if (count > LARGEST_COUNT) return Infinity;
  return Math.ceil((count * (MS_PER_UNIT[unit] ?? 1)) / (UNITS_PER_MS[unit] ?? 1));
}
