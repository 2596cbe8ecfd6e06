import type { Gate } from '../../record/index.js';

/** A gate as what was looked at, and what would mend it where it did not hold. */
export function gate(name: Gate['name'], passed: boolean, detail: string, remedy?: string): Gate {
  return { name, passed, detail, ...(passed || remedy === undefined ? {} : { remedy }) };
}

/** `0.042 ms`, `1.3 ms`, `120 ms`: three significant digits. */
export function ms(value: number): string {
  return `${Number(value.toPrecision(3))} ms`;
}

/** `4.2%` */
export function percent(share: number): string {
  return Number.isFinite(share) ? `${Number((share * 100).toPrecision(2))}%` : 'far over 100%';
}
