const DIGITS = 3;

/** Three significant digits everywhere, thousands grouped: 0.0123, 1.20, 45.6, 1,230. Independent of the locale. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return 'not a number';
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(DIGITS));
  const magnitude = Math.floor(Math.log10(Math.abs(rounded)));
  const decimals = Math.min(20, Math.max(0, DIGITS - 1 - magnitude));
  return groupThousands(rounded.toFixed(decimals));
}

/** Exact integers such as counts of requests, thousands grouped. */
export function formatCount(value: number): string {
  return groupThousands(String(Math.round(value)));
}

/** How the figures of one column or axis are written: as counts when all of them are whole, to three digits otherwise. */
export function formatterOf(values: readonly number[]): (value: number) => string {
  return values.length > 0 && values.every(Number.isInteger) ? formatCount : formatNumber;
}

export function formatMs(value: number): string {
  return `${formatNumber(value)} ms`;
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

/** Decimal units, as networks count: 999 B, 1.53 kB, 210 MB. */
export function formatBytes(value: number): string {
  if (Math.abs(value) < 999.5) return `${formatCount(value)} B`;
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let scaled = value;
  let unit = 0;
  while (Math.abs(scaled) >= 999.5 && unit < units.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  return `${formatNumber(scaled)} ${units[unit] ?? 'B'}`;
}

/** Share 0 to 1 to `p99.9`. */
export function formatPercentile(p: number): string {
  return `p${String(Number((p * 100).toFixed(4)))}`;
}

/** `1.23 to 1.45` with the unit's own formatting. */
export function formatSpan(low: number, high: number, format: (value: number) => string = formatNumber): string {
  return `${format(low)} to ${format(high)}`;
}

function groupThousands(text: string): string {
  const [whole = '', fraction] = text.split('.');
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
