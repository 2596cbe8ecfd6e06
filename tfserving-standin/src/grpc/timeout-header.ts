const UNIT_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/** `100m` -> 100: the grpc-timeout header in milliseconds; undefined when it is absent or not understood. */
export function timeoutHeaderMs(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined;
  const [, digits, unit] = /^(\d{1,8})([HMSmun])$/.exec(header) ?? [];
  const unitMs = UNIT_MS[unit ?? ''];
  return digits === undefined || unitMs === undefined ? undefined : Number(digits) * unitMs;
}
