const DIGITS = 3;
const SIGNIFICANT = new Intl.NumberFormat('en', { minimumSignificantDigits: DIGITS, maximumSignificantDigits: DIGITS });
const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** Three significant digits everywhere, thousands grouped: 0.0123, 1.20, 45.6, 1,230. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return 'not a number';
  return value === 0 ? '0' : SIGNIFICANT.format(value);
}

/** Exact integers such as counts of requests, thousands grouped. */
export function formatCount(value: number): string {
  return WHOLE.format(value);
}

/** `1 cell`, `12 cells`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${formatCount(value)} ${value === 1 ? one : many}`;
}

/** How the figures of one column or axis are written: as counts when all of them are whole, to three digits otherwise. */
export function formatterOf(values: readonly number[]): (value: number) => string {
  return values.length > 0 && values.every(Number.isInteger) ? formatCount : formatNumber;
}

export function formatMs(value: number): string {
  return `${formatNumber(value)} ms`;
}

/** A percentile, which too few samples may not certify (method rule 9). */
export function formatCertified(ms: number | null): string {
  return ms === null ? 'n too small' : formatMs(ms);
}

export function formatRate(value: number): string {
  return `${formatNumber(value)}/s`;
}

export function formatRatio(value: number): string {
  return `${formatNumber(value)}×`;
}

/** Share 0 to 1. A share just below 1 is never rounded up to 100%. */
export function formatShare(value: number): string {
  const percent = value * 100;
  if (percent < 100 && percent > 99.95) return `${String(Math.floor(percent * 1000) / 1000)}%`;
  return `${String(Number(percent.toPrecision(DIGITS)))}%`;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Decimal units, as networks count: 999 B, 1.53 kB, 210 MB. */
export function formatBytes(value: number): string {
  const thousands = Math.floor(Math.log10(Math.max(1, Math.abs(value) / 0.9995)) / 3);
  const power = Math.min(thousands, UNITS.length - 1);
  return `${power === 0 ? formatCount(value) : formatNumber(value / 1000 ** power)} ${UNITS[power] ?? ''}`;
}

/** Share 0 to 1 to `p99.9`. */
export function formatPercentile(p: number): string {
  return `p${String(Number((p * 100).toFixed(4)))}`;
}

/** `1.23 to 1.45` with the unit's own formatting. */
export function formatSpan(low: number, high: number, format: (value: number) => string = formatNumber): string {
  return `${format(low)} to ${format(high)}`;
}

/** `42 s`, then `3 min 20 s`, then `2 h 5 min`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
